import io
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


FACE = skimage.data.astronaut()[:256, 100:356]


@pytest.mark.parametrize(
    "array",
    [
        FACE,
        FACE[:, :, 0],
        FACE / 255.0,
        FACE.astype(np.int64) * 1_000,
        np.asfortranarray(FACE),
        FACE.transpose(2, 0, 1),
        FACE[None],
        np.stack([FACE * 0, FACE]),
        FACE[:, :, 0].reshape(-1),
        FACE[:, :, :1],
        np.dstack([FACE, FACE[:, :, :1]]),
    ],
)
def test_arrays_are_pictures(array: np.ndarray, look: Look) -> None:
    assert isinstance(look(npy(array)), Faces)


def test_numbers_are_clear(look: Look) -> None:
    assert look(npy(np.arange(10))) == Clear("npy")
    assert look(npy(np.zeros((0, 5)))) == Clear("npy")
    assert look(npy(np.linspace(0, 1, 9_000).reshape(-1, 3))) == Clear("npy")
    assert look(npy(np.zeros((100, 90, 3), np.uint8))) == Clear("npy")


def test_what_is_no_picture_by_its_shape(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(npy(np.frombuffer(face_jpeg, np.uint8))), Faces)
    assert isinstance(look(npy(FACE.reshape(-1)[:-7])), Unreadable)
    assert isinstance(look(npy(np.array([{"x": FACE}], dtype=object))), Unreadable)
    assert isinstance(look(npy(FACE)[:-9]), Unreadable)
    assert isinstance(look(npy(np.arange(9)) + face_jpeg), Faces)
