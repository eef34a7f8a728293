import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.stills.structure import layout
from PIL import Image

from tests.inspection.stills.test_profiles import saved

FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300))
PLAIN = Image.fromarray(skimage.data.coffee()).crop((50, 0, 350, 300))
Look = Callable[..., Verdict]


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def two_streams(image: Image.Image) -> bytes:
    return saved(PLAIN, "JPEG2000") + box(b"jp2c", saved(image, "JPEG2000", no_jp2=True))


def beside(image: Image.Image) -> bytes:
    whole = saved(PLAIN, "JPEG2000")
    at = whole.index(b"jp2c") - 4
    return whole[:at] + box(b"uuid", bytes(16) + saved(image, "JPEG2000", no_jp2=True)) + whole[at:]


def icon(*entries: bytes) -> bytes:
    small = box4(b"icp4", saved(PLAIN.resize((16, 16)), "PNG"))
    body = small + b"".join(entries)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def box4(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", 8 + len(content)) + content


def runs(plane: bytes) -> bytes:
    return b"".join(bytes([len(plane[at : at + 128]) - 1]) + plane[at : at + 128] for at in range(0, len(plane), 128))


def planes(image: Image.Image) -> bytes:
    image = image.resize((64, 64))
    return (
        b"ARGB"
        + b"\xff\xff" * 31
        + runs(b"\xff" * (4096 - 31 * 130))
        + b"".join(runs(channel.tobytes()) for channel in image.split())
    )


def dark(image: Image.Image) -> bytes:
    return box4(b"\xfd\xd9\x2f\xa8", box4(b"ic07", saved(image.resize((128, 128)), "PNG")))


WAYS: dict[str, Callable[[Image.Image], bytes]] = {
    "a second codestream": two_streams,
    "a codestream in a box of one's own": beside,
    "an icon's planes": lambda image: icon(box4(b"ic05", planes(image.crop((50, 20, 200, 170))))),
    "an icon's mask": lambda image: icon(
        box4(b"it32", bytes(4) + b"".join(runs(c.tobytes()) for c in PLAIN.resize((128, 128)).split())),
        box4(b"t8mk", image.convert("L").resize((128, 128)).tobytes()),
    ),
    "an icon's own entry": lambda image: icon(box4(b"abcd", saved(image, "JPEG"))),
    "an icon for dark screens": lambda image: icon(dark(image)),
    "two of a name": lambda image: icon(
        *(box4(b"ic07", saved(picture.resize((128, 128)), "PNG")) for picture in (image, PLAIN.rotate(9)))
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_found(way: str, look: Look) -> None:
    assert isinstance(look(WAYS[way](FACE)), Faces)
    assert isinstance(look(WAYS[way](PLAIN)), Clear)


def test_what_nobody_can_name(look: Look) -> None:
    noise = np.random.default_rng(1).bytes(4000)
    assert not isinstance(look(icon(box4(b"abcd", noise))), Clear)
    assert not isinstance(look(saved(PLAIN, "JPEG2000") + box(b"abcd", noise)), Clear)
    assert isinstance(look(saved(PLAIN, "JPEG2000") + box(b"xml ", b"<a/>" * 99)), Clear)


def test_broken() -> None:
    assert layout("icns", b"icns\0\0\0\x20ic07\0\0\0\0").unfollowed
    assert layout("icns", icon(box4(b"ic04", b"ARGB" + zlib.compress(b"a" * 99)))).unfollowed
    assert layout("jp2", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\1").end == 12
