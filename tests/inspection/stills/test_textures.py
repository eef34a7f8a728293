import struct
from collections.abc import Callable

import numpy as np
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.stills.structure import layout
from PIL import Image

from tests.inspection.stills.test_profiles import saved

FACE = Image.fromarray(skimage.data.astronaut()).crop((100, 0, 400, 300)).resize((256, 256))
GRAY = Image.new("RGB", (256, 256), (90, 120, 90))
Look = Callable[..., Verdict]


def bgra(image: Image.Image) -> bytes:
    return np.asarray(image.convert("RGBA"))[..., [2, 1, 0, 3]].tobytes()


def dds(surfaces: list[Image.Image], copies: int = 0, caps: int = 0) -> bytes:
    head = b"DDS " + struct.pack("<7I", 124, 0x100F, 256, 256, 1024, 0, copies) + bytes(44)
    head += struct.pack("<2I4s5I", 32, 0x41, bytes(4), 32, 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    return head + struct.pack("<5I", 0x1000, caps, 0, 0, 0) + b"".join(map(bgra, surfaces))


def test_smaller_copies(look: Look) -> None:
    small = [256 >> copy for copy in range(1, 9)]
    assert isinstance(look(dds([GRAY, *(FACE.resize((side, side)) for side in small)], 9)), Faces)
    assert isinstance(look(dds([GRAY, *(GRAY.resize((side, side)) for side in small)], 9)), Clear)


def test_faces_of_a_cube(look: Look) -> None:
    assert isinstance(look(dds([GRAY] * 5 + [FACE], caps=0xFE00)), Faces)
    assert isinstance(look(dds([GRAY] * 6, caps=0xFE00)), Clear)


def test_what_the_head_does_not_tell_of(look: Look) -> None:
    assert isinstance(look(dds([GRAY, FACE])), Unreadable)
    assert look(dds([GRAY], caps=0x20_0000)) == Unreadable(Reason.UNDECODABLE, "dds, more than its picture needs")


def test_an_array_of_blocks(look: Look) -> None:
    """As Pillow writes them, with a DX10 head, twice."""
    gray, face = saved(GRAY, "DDS", pixel_format="BC5"), saved(FACE, "DDS", pixel_format="BC5")
    two = gray[:140] + struct.pack("<I", 2) + gray[144:] + face[148:]
    assert len(layout("dds", two).inner) == 1
    assert isinstance(look(gray), Clear)
    assert not isinstance(look(two), Clear)


def test_cut_off_within_the_head() -> None:
    assert layout("dds", b"DDS " + bytes(20)).end == 24
