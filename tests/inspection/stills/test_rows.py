import io
import struct
from collections.abc import Callable

import pytest
import skimage.data
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


@pytest.mark.parametrize(("mode", "shown"), [(1, 1), (3, 3), (3, 4), (4, 4), (7, 2)])
@pytest.mark.parametrize("packed", [False, True])
def test_channels_of_a_psd_that_no_colour_is_made_of(mode: int, shown: int, packed: bool, look: Look) -> None:
    def rows(channel: Image.Image) -> list[bytes]:
        lines = [channel.crop((0, y, 256, y + 1)).tobytes() for y in range(256)]
        return [b"\x7f" + line[:128] + b"\x7f" + line[128:] for line in lines] if packed else lines

    def psd(hidden: Image.Image) -> bytes:
        channels = [Image.new("L", (256, 256), 90)] * shown + [hidden.convert("L").resize((256, 256))]
        lines = [line for channel in channels for line in rows(channel)]
        sizes = b"".join(struct.pack(">H", len(line)) for line in lines) if packed else b""
        head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", len(channels), 256, 256, 8, mode) + bytes(12)
        return head + (b"\0\1" if packed else b"\0\0") + sizes + b"".join(lines)

    assert isinstance(look(psd(Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300)))), Faces)
    assert isinstance(look(psd(Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300)))), Clear)
