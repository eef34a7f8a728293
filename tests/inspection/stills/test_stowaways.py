"""A face in a picture's file that no viewer of the picture shows: behind the end, in slack, in segments and chunks."""

import gzip
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from PIL import Image

Look = Callable[..., Verdict]

BEHIND = ["BMP", "TIFF", "PPM", "TGA", "ICO", "ICNS", "PCX", "DDS", "JPEG2000"]
BEHIND += ["AVIF", "HEIF", "JXL", "QOI", "XBM", "PNG", "GIF", "WEBP", "JPEG"]


def innocent(kind: str) -> bytes:
    import pillow_heif
    import pillow_jxl  # noqa: F401 - registers its format

    pillow_heif.register_heif_opener()
    image = Image.new("RGB", (64, 64), (30, 120, 200))
    out = io.BytesIO()
    (image.convert("1") if kind == "XBM" else image).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", BEHIND)
def test_behind_the_end(kind: str, look: Look, face_jpeg: bytes) -> None:
    picture = innocent(kind)
    assert isinstance(look(picture), Clear)
    assert isinstance(look(picture + bytes(16) + face_jpeg), Faces)


def segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


@pytest.mark.parametrize("marker", [0xE0, 0xE2, 0xDC, 0xDE, 0xDF, 0xF0, 0xF7, 0xC8])
def test_in_a_segment(marker: int, look: Look, face_as: Callable[..., bytes]) -> None:
    small, jpeg = face_as(size=(160, 160)), innocent("JPEG")
    for at in (2, len(jpeg) - 2):  # before the scan and after it
        assert isinstance(look(jpeg[:at] + segment(marker, b"JFXX\0" + small) + jpeg[at:]), Faces)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("pack", [bytes, zlib.compress, gzip.compress])
def test_in_a_chunk(pack: Callable[[bytes], bytes], look: Look, face_jpeg: bytes) -> None:
    png = innocent("PNG")
    at = png.index(b"IDAT") - 4
    assert isinstance(look(png[:at] + chunk(b"prVt", pack(face_jpeg)) + png[at:]), Faces)
    profile = b"x\0\0" + (pack(face_jpeg) if pack is not gzip.compress else zlib.compress(face_jpeg))
    assert isinstance(look(png[:at] + chunk(b"iCCP", profile) + png[at:]), Faces)


@pytest.mark.parametrize("label", [0x01, 0x22, 0xF9, 0xFE, 0xFF])
def test_in_an_extension(label: int, look: Look, face_jpeg: bytes) -> None:
    gif = innocent("GIF")
    blocks = b"".join(bytes([len(part)]) + part for part in pieces(face_jpeg)) + b"\0"
    assert isinstance(look(gif[:-1] + b"\x21" + bytes([label]) + blocks + gif[-1:]), Faces)


def pieces(data: bytes) -> list[bytes]:
    return [data[at : at + 255] for at in range(0, len(data), 255)]


def test_in_a_profile_of_webp(look: Look, face_jpeg: bytes) -> None:
    webp = innocent("WEBP")
    body = webp[8:] + b"ICCP" + struct.pack("<I", len(face_jpeg)) + face_jpeg + bytes(len(face_jpeg) % 2)
    assert isinstance(look(b"RIFF" + struct.pack("<I", len(body)) + body), Faces)


def test_many_pictures_one_behind_the_other(look: Look, face_as: Callable[..., bytes]) -> None:
    small = innocent("JPEG")
    assert isinstance(look(small * 30), Clear)
    assert isinstance(look(small * 30 + face_as(size=(160, 160))), Faces)
