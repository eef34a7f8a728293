"""Mach-O: programs and libraries of Apple, one or several for different machines in a file."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, NATIVE, bulk


def universal(source: Source) -> Iterator[Piece]:
    data = source.data
    (count,) = struct.unpack_from(">I", data, 4)
    spans = [(0, 8 + 20 * count)]
    for row in range(count):
        offset, size = struct.unpack_from(">II", data, 8 + 20 * row + 8)
        spans.append((offset, offset + size))
        yield Part(data[offset : offset + size], f"program {row + 1}")
    yield from gaps(data, spans, "universal")


def macho(source: Source) -> Iterator[Piece]:
    data = source.data
    order = "<" if data[0] in (0xCE, 0xCF) else ">"
    wide = 0xCF in (data[0], data[3])
    commands, size = struct.unpack_from(order + "II", data, 16)
    at = 32 if wide else 28
    spans = [(0, at + size)]
    for _ in range(commands):
        command, length = struct.unpack_from(order + "II", data, at)
        if command == 0x19:
            offset, taken = struct.unpack_from(order + "QQ", data, at + 40)
            spans.append((offset, offset + taken))
        elif command == 0x1:
            offset, taken = struct.unpack_from(order + "II", data, at + 32)
            spans.append((offset, offset + taken))
        if length < 8:
            raise Unread(Reason.UNDECODABLE, "macho")
        at += length
    # an object file's tables stand outside its one segment; they are small
    for piece in gaps(data, spans, "macho", shared=True):
        yield from (piece,) if len(piece.data) > len(data) // 2 + LITTLE else bulk(piece.data, piece.where, LITTLE)
    yield from bulk(data, "program", NATIVE)
