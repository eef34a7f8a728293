import io
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.stills.directories import thumbnails
from facegate_addons.inspection.stills.structure import PRIVATE, layout
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

Look = Callable[..., Verdict]
Encode = Callable[..., bytes]
NOISE = bytes((at * at * 7 + at // 3) % 251 for at in range(3 * PRIVATE))


def saved(**options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "TIFF", **options)
    return out.getvalue()


def fields(width: int, height: int, strip: int, *more: tuple[int, int, int, int]) -> bytes:
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, strip),
    ]
    entries += [(277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, width * height), *more]
    return struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)


def nested(gray: Image.Image) -> bytes:
    """A plain page of 32 x 32, and `gray` in a directory below it."""
    second = 8 + 2 + 12 * 10 + 4
    pixels = second + 2 + 12 * 9 + 4
    first = fields(32, 32, pixels, (330, 4, 1, second))
    below = fields(*gray.size, pixels + 1024)
    return b"II*\0" + struct.pack("<I", 8) + first + below + bytes([90]) * 1024 + gray.tobytes()


def test_a_directory_below_a_page(look: Look, face_as: Encode, plain_as: Encode) -> None:
    def gray(encode: Encode) -> Image.Image:
        return Image.open(io.BytesIO(encode("PNG", size=(200, 200)))).convert("L")

    assert isinstance(look(nested(gray(face_as))), Faces)
    assert isinstance(look(nested(gray(plain_as))), Clear)


def test_one_that_does_not_decode_is_not_passed(look: Look) -> None:
    data = nested(Image.new("L", (64, 64)))
    assert isinstance(look(data), Clear)
    second = 8 + 2 + 12 * 10 + 4
    raw = data[:second] + data[second:].replace(
        struct.pack("<HHII", 262, 3, 1, 1), struct.pack("<HHII", 262, 3, 1, 32803)
    )
    assert isinstance(look(raw), Unreadable)  # a camera's raw mosaic


@pytest.mark.parametrize(
    "options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}, {"tiffinfo": {305: "x" * 9000}}]
)
def test_ordinary_pictures_point_to_all_they_have(options: dict[str, object]) -> None:
    found = layout("tiff", saved(**options))
    assert found.parts == found.inner == []


def test_bytes_nothing_points_to(look: Look, face_jpeg: bytes) -> None:
    data = saved()
    assert isinstance(look(data + NOISE[: PRIVATE - 10]), Clear)
    assert isinstance(look(data + NOISE), Unreadable)
    assert isinstance(look(data + face_jpeg), Faces)


def test_rows_that_the_page_does_not_have(look: Look) -> None:
    page = fields(32, 32, 122)
    whole = b"II*\0" + struct.pack("<I", 8) + page
    assert isinstance(look(whole + bytes([90]) * 1024), Clear)
    lying = whole.replace(struct.pack("<HHII", 279, 4, 1, 1024), struct.pack("<HHII", 279, 4, 1, 1024 + len(NOISE)))
    assert isinstance(look(lying + bytes([90]) * 1024 + NOISE), Unreadable)


def test_thumbnails_of_exif() -> None:
    exif = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14) + fields(32, 32, 200)
    ((kind, data),) = thumbnails(exif)
    assert (kind, data[4:8]) == ("tiff", struct.pack("<I", 14))
    assert not list(thumbnails(b"nothing"))
    assert not list(thumbnails(b"II*\0\xff\xff\xff\xff"))


@given(st.binary(max_size=400))
def test_never_raises(data: bytes) -> None:
    for head in (b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0"):
        layout("tiff", head + data)
        list(thumbnails(head + data))
