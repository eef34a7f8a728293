import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection import plausible
from facegate_addons.inspection.inside import find_container, find_picture

Look = Callable[..., Verdict]
Encode = Callable[..., bytes]


def archive(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        member = tarfile.TarInfo("a")
        member.size = len(data)
        file.addfile(member, io.BytesIO(data))
    return out.getvalue()


PICTURES: dict[str, dict[str, object]] = {
    "TIFF": {},
    "TIFF lzw": {"compression": "tiff_lzw"},
    "BMP": {},
    "JPEG2000": {"no_jp2": True},
    "PPM": {},
    "DDS": {},
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "tar": archive,
}


def wav(data: bytes) -> bytes:
    """Sound, whose samples are searched and no more."""
    data += bytes(len(data) % 2)
    chunks = (
        b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", len(data)) + data
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_among_samples(name: str, face_as: Encode, plain_as: Encode, look: Look) -> None:
    face, plain = (encode(name.split()[0], size=(256, 256), **PICTURES[name]) for encode in (face_as, plain_as))
    assert find_picture(b"junk " + face) == 5
    assert isinstance(look(wav(bytes(100) + face)), Faces)
    assert isinstance(look(wav(bytes(100) + plain)), Clear)


@pytest.mark.parametrize("name", PACKED)
def test_packed_among_samples(name: str, face_jpeg: bytes, plain_jpeg: bytes, look: Look) -> None:
    assert find_container(b"junk " + PACKED[name](face_jpeg)) == 5
    assert isinstance(look(wav(bytes(100) + PACKED[name](face_jpeg))), Faces)
    assert isinstance(look(wav(bytes(100) + PACKED[name](plain_jpeg))), Clear)


def test_the_first_of_several(plain_as: Encode) -> None:
    tiff, bmp = plain_as("TIFF", size=(20, 20)), plain_as("BMP", size=(20, 20))
    assert find_picture(bytes(9) + bmp + tiff) == 9
    assert find_picture(bytes(9) + tiff + bmp) == 9
    assert find_picture(bytes(9) + bmp + tiff, 10) == 9 + len(bmp)


@pytest.mark.parametrize(
    "data",
    [
        b"II*\0" + bytes(200),
        b"MM\0*\0\0\0\x08\0\1" + bytes(200),
        b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(200),
        b"\xff\x4f\xff\x51\0\x29" + bytes(200),
        b"P5 of 3 and P6 8 9\n" * 20,
        b"x\x9c" + bytes(200),
        b"x^ is text, x\x01 is not\n" * 20,
        b"]\0\0\0\0" + bytes(200),
        bytes(257) + b"ustar" + bytes(300),
    ],
)
def test_short_magics_alone(data: bytes) -> None:
    assert (find_picture(data), find_container(data)) == (-1, -1)


def test_chance() -> None:
    """Magics of two bytes are in any file; nothing of noise or text is taken for what they begin."""
    noise = np.random.default_rng(1).bytes(4 << 20)
    assert find_picture(noise) == -1
    hits, at = 0, find_container(noise)
    while at >= 0:
        hits, at = hits + 1, find_container(noise, at + 1)
    assert hits < 4


@pytest.mark.parametrize("size", range(0, 60, 7))
def test_cut_off(size: int, plain_as: Encode) -> None:
    for fits, kind in ((plausible.tiff, "TIFF"), (plausible.bmp, "BMP"), (plausible.codestream, "JPEG2000")):
        assert fits(plain_as(kind, size=(20, 20))[:size], 0) in (True, False)
    assert not plausible.tar(bytes(size), 0)
    assert not plausible.lzma(bytes(size), 0)
