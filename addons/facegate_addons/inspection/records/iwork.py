"""Archives of iWork (.iwa): chunks of Snappy, of which each has its length in front, and messages of protobuf in them.

The pictures of a document are files beside them. What schema the messages have is nobody's to know here.
"""

from collections.abc import Iterator

import pyarrow as pa

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.packed import BLOCK
from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.programs.bulk import bulk

_CHUNK = 1 << 24  # bytes that a chunk holds at most; Apple's have 64 KB


def iwa(source: Source) -> Iterator[Piece]:
    data, at, whole = source.data, 0, bytearray()
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        plain = _size(data, at + 4)
        source.budget.decoded(plain)
        whole += pa.decompress(data[at + 4 : at + 4 + size], plain, codec="snappy", asbytes=True)
        at += 4 + size
    yield from bulk(bytes(whole), "messages", BLOCK)


def _size(data: bytes, at: int) -> int:
    """What a chunk of Snappy begins with."""
    value = shift = 0
    while data[at] & 128 and shift < 21:
        value, shift, at = value | (data[at] & 127) << shift, shift + 7, at + 1
    value |= data[at] << shift
    if value > _CHUNK:
        raise Unread(Reason.UNDECODABLE, "iwa")
    return value
