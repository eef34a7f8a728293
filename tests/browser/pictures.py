"""Bodies to withhold: the astronaut (public domain) in any number of versions, drawings, what nobody can read."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import skimage.data
from facegate_addons.domain.model import Finding
from facegate_addons.domain.reasons import Reason
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

FACE = (178, 58, 274, 176)  # of the 512 pixels of the original, as the detector finds it
SCORE = 0.9


@dataclass(frozen=True)
class Body:
    data: bytes
    content_type: str = "image/jpeg"
    reason: Reason = Reason.FACES
    findings: tuple[Finding, ...] = ()
    detail: str = ""


def portraits(number: int) -> Iterator[Body]:
    """All different: cut, mirrored, tinted, each with its face where the detector would find it."""
    for each in range(number):
        picture, box = _portrait(each)
        yield Body(_encoded(picture), findings=(Finding(box, SCORE - each % 7 / 50),))


def drawings(number: int) -> Iterator[Body]:
    """What a detector might take for a face and a person does not: circles in a square."""
    for each in range(number):
        picture = Image.new("RGB", (320, 240), (230, 226 - each % 20, 214))
        draw = ImageDraw.Draw(picture)
        left, top = 40 + each * 13 % 120, 30 + each * 7 % 60
        draw.ellipse((left, top, left + 110, top + 130), fill=(222, 170 + each % 30, 92), outline=(90, 60, 20), width=3)
        for eye in (30, 68):
            draw.ellipse((left + eye, top + 40, left + eye + 12, top + 54), fill=(60, 40, 20))
        draw.arc((left + 30, top + 70, left + 80, top + 105), 10, 170, fill=(90, 40, 20), width=4)
        found = Finding((left, top, left + 110, top + 130), 0.41 + each % 9 / 100)
        yield Body(_encoded(picture, "PNG"), "image/png", findings=(found,))


def unreadable() -> Iterator[Body]:
    yield Body(b"\x8f\x11 no format that anybody knows" * 40, "application/octet-stream", Reason.UNKNOWN_TYPE)
    yield Body(b"PK\x03\x04" + bytes(300), "application/zip", Reason.ENCRYPTED, detail="member 1 has a password")
    yield Body(_encoded(_astronaut())[:9000], "image/jpeg", Reason.UNDECODABLE, detail="ends in the middle")


@cache
def _astronaut() -> Image.Image:
    return Image.fromarray(skimage.data.astronaut())


def _portrait(number: int) -> tuple[Image.Image, tuple[int, int, int, int]]:
    left, top = 30 + number * 17 % 90, number * 11 % 40
    size = 300 + number * 7 % 80
    picture = _astronaut().crop((left, top, left + size, top + size))
    box = [FACE[0] - left, FACE[1] - top, FACE[2] - left, FACE[3] - top]
    if number % 2:
        picture = ImageOps.mirror(picture)
        box[0], box[2] = size - box[2], size - box[0]
    picture = ImageEnhance.Color(picture).enhance(0.4 + 0.6 * abs(math.sin(number)))
    return picture, (box[0], box[1], box[2], box[3])


def _encoded(picture: Image.Image, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, quality=85)
    return out.getvalue()
