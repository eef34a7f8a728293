"""Pictures as Office stores them among the records of its drawings."""

import re
import struct
import zlib
from collections.abc import Generator, Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.programs.resources import bitmap

# instance and version, type F01A to F01F, F029 or F02A, length
_RECORD = re.compile(rb"[\x00-\xff][\x00-\xff][\x1a-\x1f\x29\x2a]\xf0([\x00-\xff]{4})", re.DOTALL)
_METAFILES = (0x1A, 0x1B, 0x1C)
_DIB = 0x1F
# records of EMF and WMF that hold pixels
_EMF = frozenset((76, 77, 78, 79, 80, 81, 114, 116))
_WMF = frozenset((0x0940, 0x0B41, 0x0F43, 0x0922, 0x0B23, 0x0D33))


def blips(body: bytes, budget: Budget) -> Generator[Piece, None, bytes]:
    """Every picture; returns what is left of the stream."""
    rest, at = bytearray(), 0
    for match in _RECORD.finditer(body):
        size = int.from_bytes(match[1], "little")
        start, end = match.end(), match.end() + size
        if match.start() < at or size < 26 or end > len(body):
            continue
        budget.tick()
        kind, inner = body[match.start() + 2], body[start:end]
        pieces = list(_metafile(inner, budget) if kind in _METAFILES else _picture(kind, inner))
        if not pieces:
            continue
        yield from pieces
        rest += body[at : match.start()]
        at = end
    return bytes(rest + body[at:])


def _picture(kind: int, inner: bytes) -> Iterator[Piece]:
    """Behind one or two sums of 16 bytes and a tag."""
    for start in (17, 33):
        picture = inner[start:]
        if kind == _DIB and picture[:4] == b"\x28\0\0\0":
            yield Part(bitmap(picture), "picture")
            return
        if picture.startswith((b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*")):
            yield Part(picture, "picture")
            return


def _metafile(inner: bytes, budget: Budget) -> Iterator[Piece]:
    """Drawings of Windows: clear while no record holds pixels."""
    for start in (16, 32):
        head = inner[start : start + 34]
        if len(head) < 34 or head[32] not in (0, 0xFE):
            continue
        size, data = int.from_bytes(head[:4], "little"), inner[start + 34 :]
        if head[32] == 0:
            if data[:1] != b"\x78":
                continue
            budget.decoded(size)
            stream = zlib.decompressobj()
            data = stream.decompress(data, max(1, size))
        yield Note(data, "drawing")
        if pixels(data):
            yield Unread(Reason.UNSUPPORTED_TYPE, "metafile")
        return


def pixels(data: bytes) -> bool:
    """Does a record of this EMF or WMF hold pixels, or what only GDI+ understands?"""
    emf = data[40:44] == b" EMF"
    at = 0 if emf else 22 + 18 if data.startswith(b"\xd7\xcd\xc6\x9a") else 18
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<II", data, at) if emf else struct.unpack_from("<IH", data, at)[::-1]
        size = size if emf else size * 2
        if size < (8 if emf else 6):
            return True
        if kind in (_EMF if emf else _WMF) or (emf and kind == 70 and data[at + 12 : at + 16] == b"EMF+"):
            return True
        if kind == (14 if emf else 0):
            return False
        at += size
    return True
