"""Colour profiles whose curves turn levels about: pixels that show nothing then show a picture.

Curves of ordinary profiles rise, or fall, from end to end. One that goes up and down puts scrambled levels in order.
Profiles are looked for by their mark in what a file carries, whatever the reader at hand makes of them.
"""

import io
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms

_MARK, _MARK_AT, _TAGS_AT = b"acsp", 36, 128
_SPACES = (b"RGB ", b"GRAY", b"CMYK")  # of pictures that browsers show
_CLASSES = (b"mntr", b"scnr", b"prtr", b"spac")
_MARKS = 64  # in one file
_TAGS = 1_000  # in one profile
_TONE = (b"rTRC", b"gTRC", b"bTRC", b"kTRC")
_TABLES = (b"A2B0", b"A2B1", b"A2B2")
# share of the range that a curve may go back by: measured ones are not quite smooth
_BACK = 0.02
_STEPS = 4_096  # that a formula is tried at
Curve = NDArray[np.float64]


class _Malformed(Exception):
    pass


def profiles(data: bytes) -> Iterator[bytes]:
    """Those that stand in `data` in one piece."""
    at = 0
    for _ in range(_MARKS):
        at = data.find(_MARK, at) + 1
        if not at:
            return
        start = at - 1 - _MARK_AT
        if start >= 0 and data[start + 12 : start + 16] in _CLASSES and data[start + 16 : start + 20] in _SPACES:
            yield data[start : start + max(_TAGS_AT, int.from_bytes(data[start : start + 4], "big"))]


def twisted(profile: bytes) -> bool:
    """Does a curve go up and down? So does one that cannot be read, where a viewer may read the profile."""
    try:
        return any(_turns(curve, falling=falling) for curve, falling in _curves(profile))
    except (_Malformed, struct.error, ValueError, OverflowError, ZeroDivisionError):
        return _usable(profile)


def _usable(profile: bytes) -> bool:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}[source.profile.xcolor_space]
        ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, ValueError, TypeError, OSError, KeyError):
        return False
    return True


def _turns(curve: Curve, *, falling: bool) -> bool:
    """`falling`: may it fall from end to end?"""
    if not np.isfinite(curve).all():
        return True
    curve = np.clip(curve, 0, 1)
    back = float((np.maximum.accumulate(curve) - curve).max(initial=0.0))
    forth = float((curve - np.minimum.accumulate(curve)).max(initial=0.0)) if falling else 1.0
    return min(back, forth) > _BACK


def _curves(profile: bytes) -> Iterator[tuple[Curve, bool]]:
    (count,) = struct.unpack_from(">I", profile, _TAGS_AT)
    if count > _TAGS:
        raise _Malformed
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", profile, _TAGS_AT + 4 + 12 * number)
        if name in _TONE:
            yield _curve(profile, at)[0], False
        elif name in _TABLES:
            for curve in _table(profile[at : at + size]):
                yield curve, True


def _curve(data: bytes, at: int) -> tuple[Curve, int]:
    """A curve of any type, and where it ends."""
    kind = data[at : at + 4]
    if kind == b"curv":
        (count,) = struct.unpack_from(">I", data, at + 8)
        end = at + 12 + 2 * count
        if end > len(data):
            raise _Malformed
        if count < 2:  # as it is, or a power
            return np.zeros(1), end
        return np.frombuffer(data, ">u2", count, at + 12) / 65535, end
    if kind != b"para":
        raise _Malformed
    (function,) = struct.unpack_from(">H", data, at + 8)
    size = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(function)
    if size is None:
        raise _Malformed
    numbers = [value / 65536 for value in struct.unpack_from(f">{size}i", data, at + 12)]
    return _formula(function, numbers), at + 12 + 4 * size


def _formula(function: int, numbers: list[float]) -> Curve:
    """ICC.1:2022, table 68."""
    x = np.linspace(0, 1, _STEPS)
    g, a, b, c, d, e, f = (*numbers, *[0.0] * 7)[:7]
    with np.errstate(all="ignore"):
        if function == 0:
            return np.power(x, g)
        power = np.power(np.maximum(a * x + b, 0), g)
        if function < 3:
            if a == 0:
                raise _Malformed
            return np.where(x >= -b / a, power + c, c)
        return np.where(x >= d, power + e, c * x + f)


def _table(data: bytes) -> Iterator[Curve]:
    """The curves before and behind a table of colours."""
    kind, inputs, outputs = data[:4], data[8], data[9]
    if kind in (b"mft1", b"mft2"):
        size = 1 if kind == b"mft1" else 2
        first, last = (256, 256) if size == 1 else struct.unpack_from(">HH", data, 48)
        begin = 48 if size == 1 else 52
        for at, number, length in (
            (begin, inputs, first),
            (begin + size * (inputs * first + outputs * data[10] ** inputs), outputs, last),
        ):
            if at + number * length * size > len(data):
                raise _Malformed
            values = np.frombuffer(data, ">u1" if size == 1 else ">u2", number * length, at)
            yield from values.reshape(number, length) / (255 if size == 1 else 65535)
    elif kind == b"mAB ":
        for place, number in ((12, outputs), (20, outputs), (28, inputs)):
            (at,) = struct.unpack_from(">I", data, place)
            for _ in range(number if at else 0):
                curve, end = _curve(data, at)
                yield curve
                at = -(-end // 4) * 4
    else:
        raise _Malformed
