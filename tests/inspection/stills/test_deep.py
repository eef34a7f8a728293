"""16 bits a sample in several channels: the face may be in either byte."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:300, 80:380].astype(np.uint16)
PLAIN = skimage.data.coffee()[:300, 80:380].astype(np.uint16)


def png(samples: np.ndarray) -> bytes:
    """A PNG of 16 bits a sample, which Pillow cannot write in colour."""
    height, width, channels = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 16, {2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def opaque(samples: np.ndarray) -> np.ndarray:
    return np.dstack([samples, np.full(samples.shape[:2], 65535, np.uint16)])


def hot(samples: np.ndarray) -> np.ndarray:
    """With one lit pixel."""
    samples = samples.copy()
    samples[0, 0] = 65535
    return samples


WAYS: dict[str, Callable[[np.ndarray], bytes]] = {
    "bright": lambda s: png(s * 257),
    "a 16th": lambda s: png(s * 16),
    "a 64th": lambda s: png(s * 4),
    "the lower byte": lambda s: png(s),
    "the lower byte, with a hot pixel": lambda s: png(hot(s)),
    "the lower byte over a level": lambda s: png(s + 200 * 256),
    "the lower byte, with alpha": lambda s: png(opaque(s)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_face_is_found_and_coffee_passes(way: str, look: Look) -> None:
    assert isinstance(look(WAYS[way](FACE)), Faces)
    assert isinstance(look(WAYS[way](PLAIN)), Clear)


def test_gray_with_alpha_is_never_clear_unseen(look: Look) -> None:
    gray = FACE[..., :1]
    assert isinstance(look(png(opaque(gray))), Faces | Unreadable)
    assert isinstance(look(png(opaque(gray * 257))), Faces)
