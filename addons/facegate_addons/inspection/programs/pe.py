"""PE and COFF: programs, libraries and objects of Windows. Their resources are pictures and texts."""

import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, NATIVE, bulk
from facegate_addons.inspection.programs.resources import resources

_SECTIONS = 96  # Windows loads no more


def pe(source: Source) -> Iterator[Piece]:
    data = source.data
    (start,) = struct.unpack_from("<I", data, 60)
    if data[start : start + 4] != b"PE\0\0":
        raise Unread(Reason.UNSUPPORTED_TYPE, "dos program")
    count, _time, symbols, number, size = struct.unpack_from("<HIIIH", data, start + 6)
    if count > _SECTIONS:
        raise Unread(Reason.UNDECODABLE, "pe")
    optional = start + 24
    wide = data[optional : optional + 2] == b"\x0b\x02"
    table = optional + (112 if wide else 96)
    (rows,) = struct.unpack_from("<I", data, table - 4)
    directories = [struct.unpack_from("<II", data, table + 8 * row) for row in range(min(rows, 16))]
    (headers,) = struct.unpack_from("<I", data, optional + 60)
    at = optional + size
    spans = [(0, max(min(headers, len(data)), at + 40 * count))]
    sections = []
    for row in range(count):
        virtual, address, length, offset = struct.unpack_from("<IIII", data, at + 40 * row + 8)
        length = min(length, max(len(data) - offset, 0))
        if length:
            spans.append((offset, offset + length))
        sections.append((address, max(virtual, length), offset))
    if len(directories) > 4 and directories[4][1]:  # certificates, by place in the file
        offset, length = directories[4]
        spans.append((offset, offset + length))
        yield from bulk(data[offset : offset + length], "certificates", LITTLE * 4)
    if symbols:
        (strings,) = struct.unpack_from("<I", data, symbols + 18 * number)
        spans.append((symbols, symbols + 18 * number + strings))
    yield from gaps(data, spans, "pe", shared=True)
    if len(directories) > 2 and directories[2][1]:
        yield from resources(data, directories[2][0], sections, source.budget)
    yield from bulk(data, "program", NATIVE)


def coff(source: Source) -> Iterator[Piece]:
    """An object file, as libraries hold them."""
    data = source.data
    count, _time, symbols, number = struct.unpack_from("<HIII", data, 2)
    spans = [(0, 20 + 40 * count)]
    if symbols:
        (strings,) = struct.unpack_from("<I", data, symbols + 18 * number)
        spans.append((symbols, symbols + 18 * number + strings))
    for row in range(count):
        length, offset, relocations, lines, nreloc, nlines = struct.unpack_from("<4I2H", data, 20 + 40 * row + 16)
        spans += [(offset, offset + length)] if offset else []
        spans += [(relocations, relocations + 10 * nreloc)] if nreloc and nreloc < 0xFFFF else []
        spans += [(lines, lines + 6 * nlines)] if nlines else []
    for piece in gaps(data, spans, "coff", shared=True):
        yield from (piece,) if len(piece.data) > LITTLE else bulk(piece.data, piece.where, LITTLE)
    yield from bulk(data, "object", NATIVE)
