import io
import pickle
import random
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:256, 100:356]
PROTOCOLS = pytest.mark.parametrize("protocol", [2, 3, 4, 5])


@PROTOCOLS
def test_values_are_clear(protocol: int, look: Look) -> None:
    words = {f"words_{n}": ["Wörter", "λόγια", n, n / 7, -n, None, True, 2**40 + n] for n in range(1_000)}
    assert look(pickle.dumps(words, protocol)) == Clear("pickle")
    assert look(pickle.dumps(random.Random(1).getstate(), protocol)) == Clear("pickle")
    assert look(pickle.dumps(np.arange(300.0), protocol)) == Clear("pickle")
    assert look(pickle.dumps([1, 2], protocol) + pickle.dumps("another", protocol)) == Clear("pickle")


@PROTOCOLS
def test_pictures_in_them(protocol: int, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(pickle.dumps({"a": [face_jpeg]}, protocol)), Faces)
    assert isinstance(look(pickle.dumps({"a": face_jpeg.hex()}, protocol)), Faces)
    assert isinstance(look(pickle.dumps(list(face_jpeg), protocol)), Faces)
    assert isinstance(look(pickle.dumps(1) + b"KKKK" + face_jpeg), Faces | Unreadable)
    assert isinstance(look(pickle.dumps("x" * 9, protocol) + face_jpeg), Faces)


@PROTOCOLS
def test_bytes_that_nobody_can_name(protocol: int, look: Look, face_jpeg: bytes) -> None:
    masked = bytes(byte ^ 0x5A for byte in face_jpeg)
    assert look(pickle.dumps({"a": masked}, protocol)) == Unreadable(Reason.UNKNOWN_TYPE)
    pieces = [masked[n : n + 100] for n in range(0, len(masked), 100)]
    assert look(pickle.dumps(pieces, protocol)) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(pickle.dumps(FACE, protocol)) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(pickle.dumps(int.from_bytes(masked), protocol)) == Unreadable(Reason.UNKNOWN_TYPE)


def test_a_picture_in_two_texts_is_one_list(look: Look, face_jpeg: bytes) -> None:
    letters = face_jpeg.hex()
    assert isinstance(look(pickle.dumps([letters[:5_000], letters[5_000:]])), Faces)


def test_it_is_not_run(look: Look) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return pytest.fail, ("it ran",)

    assert look(pickle.dumps(Trap())) == Clear("pickle")


def test_broken(look: Look) -> None:
    assert isinstance(look(b"\x80\x04\x95" + bytes(8) + b"X\xff\xff\xff\xffabc" + b"." * 600), Unreadable)
    assert isinstance(look(b"\x80\x04\x95" + bytes(8) + b"K\x01"), Unreadable)
    assert isinstance(look(b"\x80\x04\x95" + bytes(8) + b"\xfe" * 600), Unreadable)
    out = io.BytesIO()
    pickle.Pickler(out, 4).dump(["a"] * 9)
    assert isinstance(look(out.getvalue()[:-1]), Unreadable)
