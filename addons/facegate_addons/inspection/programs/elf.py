"""ELF: programs, libraries and objects of Unix. Segments and sections describe the same bytes twice."""

import struct
import zlib
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import gaps
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, NATIVE, bulk, named

_NOBITS, _PROGBITS = 8, 1
_ALLOCATED, _COMPRESSED = 2, 0x800
# not loaded, and still what compilers and linkers write
_KNOWN = (
    ".debug .zdebug .comment .gnu .stab .note .symtab .strtab .shstrtab .rel .llvm .group .SUNW .ARM .riscv .pdr "
    ".line .rustc .dynstr .dynsym .text .mdebug"
)
_TOOLS = tuple(_KNOWN.split())


def elf(source: Source) -> Iterator[Piece]:
    data = source.data
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    if data[4] not in (1, 2) or data[5] not in (1, 2):
        raise Unread(Reason.UNDECODABLE, "elf")
    head = struct.unpack_from(order + ("16xHHIQQQIHHHHHH" if wide else "16xHHIIIIIHHHHHH"), data)
    _type, _machine, _version, _entry, phoff, shoff, _flags, size, phsize, phnum, shsize, shnum, names = head
    spans = [(0, size), (phoff, phoff + phsize * phnum), (shoff, shoff + shsize * shnum)]
    for row in range(phnum):
        offset, length = struct.unpack_from(order + ("8xQ16xQ" if wide else "4xI8xI"), data, phoff + row * phsize)
        spans.append((offset, offset + length))
    sections = [_section(data, shoff + row * shsize, order, wide) for row in range(shnum)]
    spans += [(offset, offset + length) for _, kind, _, offset, length in sections if kind not in (0, _NOBITS)]
    for piece in gaps(data, spans, "elf", shared=True):
        # linkers and patchers leave parts of tables behind; not much of them, and nothing dense
        yield from bulk(piece.data, "between sections", LITTLE) if len(piece.data) < LITTLE else (piece,)
    where = sections[names][3] if names < len(sections) else 0
    for name, kind, flags, offset, length in sections:
        source.budget.tick()
        body = data[offset : offset + length]
        if kind in (0, _NOBITS):
            continue
        if flags & _COMPRESSED:
            yield from _inflated(body, order, wide, source)
            continue
        label = data[where + name : where + name + 32].partition(b"\0")[0].decode("latin-1")
        if not (flags & _ALLOCATED or kind != _PROGBITS or label.startswith(_TOOLS)):
            yield from named(body, "section", NATIVE, known=False)
    yield from bulk(data, "program", NATIVE)


def _section(data: bytes, at: int, order: str, wide: bool) -> tuple[int, int, int, int, int]:
    """Name, type, flags, offset and length."""
    name, kind, flags, _addr, offset, length = struct.unpack_from(order + ("IIQQQQ" if wide else "IIIIII"), data, at)
    return name, kind, flags, offset, length


def _inflated(body: bytes, order: str, wide: bool, source: Source) -> Iterator[Piece]:
    """Debugging notes, compressed."""
    kind, size = struct.unpack_from(order + ("I4xQ" if wide else "II"), body)
    if kind != 1:
        yield Part(body, "section")
        return
    source.budget.decoded(size)
    stream = zlib.decompressobj()
    plain = stream.decompress(body[24 if wide else 12 :], size + 1)
    if len(plain) != size or not stream.eof or stream.unused_data.strip(b"\0"):
        raise Unread(Reason.UNDECODABLE, "elf")
    yield Note(plain, "section")
