"""RPM packages: a lead, a signature and a header, which describe the files, and a packed archive of them."""

import struct
from collections.abc import Iterator

from facegate_addons.inspection.parts import Note, Part, Piece, Source

_LEAD = 96
_HEADER = b"\x8e\xad\xe8\x01"


def rpms(source: Source) -> Iterator[Piece]:
    data = source.data
    signature = _header(data, _LEAD)
    end = _header(data, signature + -signature % 8)
    yield Part(data[end:], "payload")
    yield Note(data[:end], "header")


def _header(data: bytes, at: int) -> int:
    """Where the header ends that begins here."""
    if not data.startswith(_HEADER, at):
        raise ValueError
    entries, size = struct.unpack_from(">2L", data, at + 8)
    end: int = at + 16 + 16 * entries + size
    if end > len(data):
        raise EOFError
    return end
