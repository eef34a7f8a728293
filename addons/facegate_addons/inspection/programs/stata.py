"""Stata's .dta: a table of numbers and short texts, with a head and a tail of names."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.arrays import shown
from facegate_addons.inspection.programs.bulk import LITTLE, bulk

_NUMBERS = ("i1", "i2", "i4", "f4", "f8")
_LARGEST = 1 << 22  # numbers that are drawn as one table
_MISSING = 1e37  # larger numbers stand for none
_TAGS = (b"<variable_types>", b"<data>", b"<strls>")


def stata(source: Source) -> Iterator[Piece]:
    start, rows, columns, order = (_tagged if source.data[:1] == b"<" else _fixed)(source.data)
    kinds = [order + kind if kind[0] in "if" else kind for kind in columns]
    table = np.dtype([(f"c{number}", kind) for number, kind in enumerate(kinds)])
    end = start + rows * table.itemsize
    if not columns or not rows or end > len(source.data):
        raise Unread(Reason.UNDECODABLE, "stata")
    yield from bulk(source.data[:start], "names", LITTLE)
    yield Note(source.data[start:end], "table")
    yield from bulk(source.data[end:], "labels", LITTLE)
    values = np.frombuffer(source.data, table, rows, start)
    numbers = []
    for name, kind in zip(table.names or (), columns, strict=True):
        source.budget.tick()
        if kind[0] in "if":
            yield from shown(values[name], source)
            numbers.append(values[name])
        else:
            yield Part(values[name].tobytes().replace(b"\0", b"\n"), "texts")
    if min(rows, len(numbers)) >= source.min_face:
        if rows * len(numbers) > _LARGEST:
            raise Unread(Reason.UNSUPPORTED_TYPE, "stata")
        yield from shown(_drawn(numbers), source)


def _drawn(columns: list[NDArray[np.generic]]) -> NDArray[np.generic]:
    with np.errstate(over="ignore"):
        plane = np.stack([column.astype(np.float32) for column in columns], axis=1)
    plane[~(np.abs(plane) < _MISSING)] = 0
    return plane


def _fixed(data: bytes) -> tuple[int, int, list[str], str]:
    """Versions 113 to 115: where the table begins, its rows and columns, and the order of bytes."""
    order = "<" if data[1] == 2 else ">"
    count, rows = struct.unpack_from(order + "HI", data, 4)
    columns = [_NUMBERS[code - 251] if code > 250 else f"S{code}" for code in data[109 : 109 + count]]
    formats = 12 if data[0] == 113 else 49
    at = 109 + count + 33 * count + 2 * (count + 1) + (formats + 33 + 81) * count
    while True:  # characteristics
        kind, size = struct.unpack_from(order + "BI", data, at)
        at += 5 + size
        if kind == size == 0:
            return at, rows, columns, order


def _tagged(data: bytes) -> tuple[int, int, list[str], str]:
    """Version 117, with a map of where its sections begin."""
    order = "<" if data[52:55] == b"LSF" else ">"
    at = data.index(b"<K>", 0, 200) + 3
    (count,) = struct.unpack_from(order + "H", data, at)
    at = data.index(b"<N>", at, at + 20) + 3
    (rows,) = struct.unpack_from(order + "I", data, at)
    at = data.index(b"<map>", at, at + 500) + 5
    places = struct.unpack_from(order + "14Q", data, at)
    types, start, behind = places[2], places[9], places[10]
    if any(not data.startswith(tag, place) for tag, place in zip(_TAGS, (types, start, behind), strict=True)):
        raise Unread(Reason.UNDECODABLE, "stata")
    codes = struct.unpack_from(f"{order}{count}H", data, types + len(_TAGS[0]))
    columns = [_NUMBERS[65_530 - code] if code > 65_525 else f"S{code}" for code in codes]
    return start + len(_TAGS[1]), rows, columns, order
