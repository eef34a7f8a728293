import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.stills.segments import jpeg
from facegate_addons.inspection.stills.structure import PRIVATE, Layout
from PIL import Image

Look = Callable[..., Verdict]
Encode = Callable[..., bytes]


def segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def parsed(data: bytes) -> tuple[list[bytes], Layout]:
    found = Layout(len(data))
    return list(jpeg(data, found)), found


def with_segments(picture: bytes, *segments: bytes) -> bytes:
    return picture[:2] + b"".join(segments) + picture[2:]


@pytest.mark.parametrize("size", [700, 5000])
def test_pieces_are_joined(size: int, look: Look, plain_as: Encode, face_as: Encode) -> None:
    small, plain = face_as(size=(160, 160)), plain_as(size=(160, 160))
    pieces = [segment(0xE9, small[at : at + size]) for at in range(0, len(small), size)]
    assert isinstance(look(with_segments(plain, *pieces)), Faces)


def test_extended_xmp_is_joined_in_its_own_order(plain_as: Encode) -> None:
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
    pieces = [head + struct.pack(">II", 3000, 1000 * at) + bytes([97 + at]) * 1000 for at in range(3)]
    data = with_segments(plain_as(), *(segment(0xE1, piece) for piece in (pieces[1], pieces[0], pieces[2])))
    notes, _ = parsed(data)
    assert b"a" * 1000 + b"b" * 1000 + b"c" * 1000 in notes
    assert b"b" * 1000 + b"a" * 1000 + b"c" * 1000 in notes


def test_private_bytes_have_to_be_known(look: Look, plain_as: Encode) -> None:
    noise = bytes((at * at * 7 + at // 3) % 251 for at in range(3 * PRIVATE))
    plain = plain_as()
    assert isinstance(look(with_segments(plain, segment(0xE9, noise[: PRIVATE - 10]))), Clear)
    assert isinstance(look(with_segments(plain, segment(0xE9, noise))), Unreadable)
    assert isinstance(look(with_segments(plain, segment(0xE9, b"settings = 1\n" * 2000))), Clear)
    for known in (b"Exif\0\0", b"Photoshop 3.0\0", b"MPF\0"):  # what cameras and editors write
        assert isinstance(look(with_segments(plain, segment(0xE1, known + noise))), Clear)


def test_uncompressed_thumbnails(look: Look, plain_as: Encode, face_as: Encode) -> None:
    import io

    def face(mode: str) -> Image.Image:
        return Image.open(io.BytesIO(face_as("PNG", size=(120, 120)))).convert(mode)

    plain = plain_as()
    rgb = segment(0xE0, b"JFXX\0\x13\x78\x78" + face("RGB").tobytes())
    palette = face("RGB").quantize(256)
    indexed = b"JFXX\0\x11\x78\x78" + bytes(palette.getpalette() or []).ljust(768, b"\0") + palette.tobytes()
    jfif = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x78\x78" + face("RGB").tobytes())
    for thumbnail in (rgb, segment(0xE0, indexed), jfif):
        assert isinstance(look(with_segments(plain, thumbnail)), Faces)
    assert not parsed(with_segments(plain, segment(0xE0, b"JFXX\0\x13\x78\x78" + b"short")))[1].inner
