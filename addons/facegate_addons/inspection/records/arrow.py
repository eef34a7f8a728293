"""Arrow's files (Feather too) and streams: every message in turn, and nothing that the index has otherwise.

A message's size is known before its buffers are decompressed: each begins with its own.
https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.records.columns import Columns
from facegate_addons.inspection.records.flatbuffers import Table
from facegate_addons.inspection.records.leaves import Leaves

_MAGIC = b"ARROW1"
_CONTINUED = b"\xff\xff\xff\xff"
_SCHEMA, _DICTIONARY, _RECORDS = 1, 2, 3
PADDING = 64  # bytes between buffers: Arrow aligns to 8, and recommends 64


def arrow(source: Source) -> Iterator[Piece]:
    data, budget = source.data, source.budget
    is_file = data.startswith(_MAGIC)
    begin, end, footer = 0, len(data), None
    if is_file:
        begin, end = 8, len(data) - 10 - int.from_bytes(data[-10:-6], "little")
        if data[-6:] != _MAGIC or end < begin:
            raise Unread(Reason.UNDECODABLE, "arrow")
        footer = Table.root(data[end:-10])
    messages = _Messages(data, begin, end, budget)
    if footer and any(
        [block[0] for block in footer.structs(number, "<qi4xq")] != offsets
        for number, offsets in ((2, messages.dictionaries), (3, messages.records))
    ):
        raise Unread(Reason.UNDECODABLE, "arrow index")
    yield Note(bytes(messages.heads) + data[end:], "heads")
    yield from (Part(gap, "gap") for gap in messages.gaps)
    leaves = Leaves(budget)
    columns = Columns(leaves, budget)
    with pa.ipc.open_stream(pa.BufferReader(data[begin:end])) as stream:
        if is_file and not pa.ipc.open_file(pa.BufferReader(data)).schema.equals(stream.schema, check_metadata=True):
            raise Unread(Reason.UNDECODABLE, "arrow schemas")
        for value in _metadata(stream.schema):
            yield from leaves.add(value)
        for batch in stream:
            batch.validate(full=True)  # offsets are the file's to choose
            yield from columns.batch(batch)
    yield from columns.close()


def _metadata(schema: pa.Schema) -> Iterator[bytes]:
    for found in (schema.metadata, *(schema.field(index).metadata for index in range(len(schema)))):
        for key, value in (found or {}).items():
            yield key
            yield value
    yield from (name.encode("utf-8", "surrogatepass") for name in schema.names)


@dataclass
class _Messages:
    data: bytes
    begin: int
    end: int
    budget: Budget
    dictionaries: list[int] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    heads: bytearray = field(default_factory=bytearray)
    gaps: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = self.begin
        while at < self.end:
            self.budget.tick()
            if self.data[at : at + 4] != _CONTINUED:
                raise Unread(Reason.UNDECODABLE, "arrow")
            size = int.from_bytes(self.data[at + 4 : at + 8], "little")
            if size == 0:
                at += 8
                break
            at = self._message(at, self.data[at + 8 : at + 8 + size])
        self._gap(self.data[at : self.end])

    def _message(self, at: int, head: bytes) -> int:
        """Where the next one begins."""
        self.heads += head
        message = Table.root(head)
        kind, content, size = message.byte(1), message.table(2), message.long(3)
        begin = at + 8 + len(head)
        if size < 0 or begin + size > self.end or content is None or kind not in (_SCHEMA, _DICTIONARY, _RECORDS):
            raise Unread(Reason.UNSUPPORTED_TYPE if kind > _RECORDS else Reason.UNDECODABLE, "arrow")
        if kind == _DICTIONARY:
            self.dictionaries.append(at)
            content = content.table(1)
        elif kind == _RECORDS:
            self.records.append(at)
        if kind != _SCHEMA and content is not None:
            self._body(self.data[begin : begin + size], content)
        elif size:
            self._gap(self.data[begin : begin + size])
        return begin + size

    def _body(self, body: bytes, content: Table) -> None:
        compressed, seen = content.table(3) is not None, 0
        for offset, length in sorted(content.structs(2, "<qq")):
            if offset < 0 or length < 0 or offset + length > len(body):
                raise struct.error("outside")
            if compressed and length:
                self.budget.decoded(max(0, int.from_bytes(body[offset : offset + 8], "little", signed=True)))
            self._gap(body[seen:offset])
            seen = max(seen, offset + length)
        self._gap(body[seen:])

    def _gap(self, gap: bytes) -> None:
        if len(gap) > PADDING and gap.strip(b"\0"):
            self.gaps.append(gap)
        else:
            self.heads += gap
