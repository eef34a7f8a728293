"""NumPy's .npy: an array that is a picture for whoever plots it."""

import ast
import math
import re
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection.picture import Picture
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.packed import packed
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE

_HEAD = 64 << 10
_SMALL = 4_096  # numbers: 64 x 64
_LONG = re.compile(r"(\d)L\b")  # as Python 2 wrote numbers
_FLAT = 1 << 16  # numbers of a list that is no picture by its shape


def npy(source: Source) -> Iterator[Piece]:
    data = source.data
    wide = data[6] > 1
    (size,) = struct.unpack_from("<I" if wide else "<H", data, 8)
    start = (12 if wide else 10) + size
    if size > _HEAD:
        raise Unread(Reason.UNDECODABLE, "npy")
    told = _LONG.sub(r"\1", data[start - size : start].decode("latin-1").strip())
    head = ast.literal_eval(told)
    shape = tuple(int(n) for n in head["shape"])
    if not isinstance(head["descr"], str) or np.dtype(head["descr"]).kind not in "biufc":
        yield from _other(data[start:])
        return
    kind = np.dtype(head["descr"])
    count = math.prod(shape)
    if min(shape, default=0) < 0 or start + count * kind.itemsize > len(data):
        raise Unread(Reason.UNDECODABLE, "npy")
    end = start + count * kind.itemsize
    yield Note(data[:end], "array")
    if end < len(data):
        yield Part(data[end:], "behind the array")
    array = np.frombuffer(data, kind, count, start).reshape(shape, order="F" if head["fortran_order"] else "C")
    yield from shown(array, source)


def shown(array: NDArray[np.generic], source: Source) -> Iterator[Piece]:
    """Numbers as whoever plots them sees them; too many in a shape that no picture has are refused."""
    count = array.size
    pictures = list(_planes(array, source.min_face)) if count >= source.min_face**2 else []
    for plane in pictures:
        source.budget.frame(plane.shape[1], plane.shape[0])
        yield Picture(_shades(plane), where="array")
    narrow = array.dtype.itemsize == 1
    if narrow and array.ndim < 2 and packed(array.tobytes(), LITTLE, 7.9):
        yield Unread(Reason.UNKNOWN_TYPE)  # a list of bytes is a picture by its length at most
    if not pictures and count > (_SMALL if narrow else _FLAT):
        yield Unread(Reason.UNSUPPORTED_TYPE, source.kind)


def _other(rest: bytes) -> Iterator[Piece]:
    """Records, texts, dates, pickled objects: numbers that only a program understands."""
    yield Part(rest, "array") if len(rest) > _SMALL else Note(rest, "array")


def _planes(array: NDArray[np.generic], least: int) -> Iterator[NDArray[np.generic]]:
    """Every picture in an array: rows and columns, the colours before or behind them, one after the other."""
    shape = array.shape
    if len(shape) < 2:
        side = math.isqrt(array.size)
        if side * side == array.size and side >= least:
            yield array.reshape(side, side)
    elif len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4)):
        if min(shape[:2]) >= least:
            yield array
        elif len(shape) == 2:  # a row is a picture that was flattened
            for row in array:
                yield from _planes(row, least)
    elif len(shape) == 3 and shape[0] in (1, 3, 4) and min(shape[1:]) >= least:
        yield np.moveaxis(array, 0, 2)
    else:
        for inner in array:
            yield from _planes(inner, least)


def _shades(plane: NDArray[np.generic]) -> NDArray[np.uint8]:
    """As a plot shows it: the smallest value is black, the largest white, but for a few that stand out."""
    values = np.nan_to_num(np.abs(plane) if plane.dtype.kind == "c" else plane.astype(np.float32))
    if plane.dtype != np.uint8:
        low, high = (float(value) for value in np.percentile(values, (1, 99)))
        values = (values - low) * (255 / (high - low or 1))
    shades = np.clip(values, 0, 255).astype(np.uint8)
    if shades.ndim == 2:
        shades = shades[:, :, None]
    return np.ascontiguousarray(np.broadcast_to(shades[:, :, :3], (*shades.shape[:2], 3)))
