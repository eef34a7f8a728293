import io
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.stills.structure import PRIVATE, layout
from PIL import Image

Look = Callable[..., Verdict]
NOISE = bytes((at * at * 7 + at // 3) % 251 for at in range(3 * PRIVATE))


def saved(kind: str, mode: str) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert(mode).resize((101, 77)).save(out, kind)
    return out.getvalue()


def psd(width: int = 32, height: int = 32) -> bytes:
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    return head + bytes(12) + b"\0\0" + bytes([90]) * (3 * width * height)


WHOLE = {
    "bmp": [saved("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")],
    "pnm": [saved("PPM", mode) for mode in ("1", "L", "RGB")],
    "psd": [psd()],
}


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, several in WHOLE.items() for data in several])
def test_where_the_rows_end(kind: str, data: bytes, look: Look) -> None:
    assert layout(kind, data).end == len(data)
    assert not layout(kind, data).parts
    assert layout(kind, data + NOISE).end == len(data)
    assert isinstance(look(data), Clear)
    assert isinstance(look(data + NOISE), Unreadable)


def test_packed_rows_of_psd() -> None:
    """Each row's length stands in a table before them."""
    packed = psd()[:38] + b"\0\1" + struct.pack(">96H", *[4] * 96) + b"\xe1\x5a\xe1\x5a" * 96
    assert layout("psd", packed + NOISE).end == len(packed)


def test_a_profile_behind_a_bitmap(look: Look) -> None:
    profile = bytes(36) + b"acsp" + NOISE
    assert isinstance(look(saved("BMP", "RGB") + profile), Clear)


def test_between_head_and_rows(look: Look, face_jpeg: bytes) -> None:
    bmp = saved("BMP", "RGB")
    for hidden, kind in ((face_jpeg, Faces), (NOISE, Unreadable), (b"", Clear)):
        data = bmp[:10] + struct.pack("<I", 54 + len(hidden)) + bmp[14:54] + hidden + bmp[54:]
        assert isinstance(look(data), kind)


def test_one_map_behind_another(look: Look, face_as: Callable[..., bytes]) -> None:
    assert isinstance(look(saved("PPM", "RGB") + face_as("PPM", size=(200, 200))), Faces)
