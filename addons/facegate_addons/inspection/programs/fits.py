"""FITS, the format of astronomy: heads of text in blocks of 2,880 bytes, and the arrays that they describe."""

import re
from collections.abc import Iterator
from math import prod

import numpy as np

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.arrays import shown

_BLOCK, _CARD = 2_880, 80
_AXES = 8
_TABLE = 4_096  # bytes of a table: its columns are not taken apart
_TYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_VALUE = re.compile(rb"([A-Z0-9_-]{1,8}) *= *(?:'([^']*)'|([^/ ]+))")


def fits(source: Source) -> Iterator[Piece]:
    data, at = source.data, 0
    while data.startswith((b"SIMPLE  =", b"XTENSION="), at):
        source.budget.tick()
        start = _after_head(data, at)
        cards = [data[card : card + _CARD].rstrip() for card in range(at, start, _CARD)]
        yield Part(b"\n" + b"\n".join(cards), "head")
        told = {match[1]: (match[2] or match[3] or b"").strip() for match in map(_VALUE.match, cards) if match}
        kind = np.dtype(_TYPES[int(told[b"BITPIX"])])
        axes = int(told.get(b"NAXIS", b"0"))
        if not 0 <= axes <= _AXES:
            raise Unread(Reason.UNDECODABLE, "fits")
        shape = tuple(int(told[b"NAXIS%d" % axis]) for axis in range(axes, 0, -1))
        count = prod(shape) if shape else 0
        extra = int(told.get(b"PCOUNT", b"0"))
        end = start + (count + extra) * kind.itemsize
        if min(shape, default=0) < 0 or extra < 0 or end > len(data) or int(told.get(b"GCOUNT", b"1")) != 1:
            raise Unread(Reason.UNDECODABLE, "fits")
        yield Note(data[start:end], "array")
        if told.get(b"XTENSION", b"IMAGE") == b"IMAGE" and not extra:
            yield from shown(np.frombuffer(data, kind, count, start).reshape(shape or (0,)), source)
        elif end - start > _TABLE:
            raise Unread(Reason.UNSUPPORTED_TYPE, "fits table")
        at = min(end + -end % _BLOCK, len(data))
        if data[end:at].strip(b"\0 "):
            yield Part(data[end:at], "padding")
    if data[at:].strip(b"\0"):
        yield Part(data[at:], "behind the arrays")


def _after_head(data: bytes, at: int) -> int:
    """Where the block with END ends."""
    for card in range(at, len(data), _CARD):
        if data[card : card + _CARD].rstrip() == b"END":
            return card + _CARD + -(card + _CARD - at) % _BLOCK
    raise Unread(Reason.UNDECODABLE, "fits")
