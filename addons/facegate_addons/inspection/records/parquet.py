"""Parquet files: every value of every column, row group by row group, and every byte between the columns."""

import base64
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.records.columns import Columns
from facegate_addons.inspection.records.leaves import SHORT, Leaves
from facegate_addons.inspection.records.thrift import Reader

_MAGIC, _SEALED = b"PAR1", b"PARE"
_ARROW = b"/////"  # base64 of the four bytes that each message begins with
_ROWS = 1_024  # of one batch
_BATCH = 64 << 20  # bytes of one batch, were every row as large as all of its column
_UNCOMPRESSED, _COMPRESSED = 2, 3  # fields of a page's header: bytes of the page


def parquet(source: Source) -> Iterator[Piece]:
    data, budget = source.data, source.budget
    if _SEALED in (data[:4], data[-4:]):
        raise Unread(Reason.ENCRYPTED, "parquet")
    size = int.from_bytes(data[-8:-4], "little")
    if data[-4:] != _MAGIC or len(data) < size + 12:
        raise Unread(Reason.UNDECODABLE, "parquet")
    leaves = Leaves(budget)
    footer = Reader(data[-8 - size : -8], 0, budget.tick)
    footer.struct()
    if footer.at != size:
        yield Part(footer.data[footer.at :], "behind the footer")
    yield from _binaries(footer, leaves)
    file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=False)
    yield from _between(data, file.metadata, len(data) - 8 - size, leaves, budget)
    try:
        yield from _values(file, leaves, budget)
    except OSError as error:
        raise Unread(Reason.ENCRYPTED if "crypt" in str(error) else Reason.UNDECODABLE, "parquet") from None


def _between(data: bytes, meta: pq.FileMetaData, end: int, leaves: Leaves, budget: Budget) -> Iterator[Piece]:
    """The pages as their heads say, before anything is decompressed; and all that is no page."""
    chunks = []
    for group in range(meta.num_row_groups):
        for column in range(meta.num_columns):
            chunk = meta.row_group(group).column(column)
            begins = [at for at in (chunk.dictionary_page_offset, chunk.data_page_offset) if at]
            chunks.append((min(begins), min(begins) + chunk.total_compressed_size))
    at, heads = len(_MAGIC), bytearray()
    for begin, stop in sorted(chunks):
        if begin < at or stop > end:
            raise Unread(Reason.UNDECODABLE, "parquet")
        yield from _indexes(data[at:begin], leaves, budget.tick)
        at = begin
        while at < stop:
            budget.tick()
            reader = Reader(data, at, budget.tick)
            head = reader.struct()
            budget.decoded(max(0, head.get(_UNCOMPRESSED, 0)))
            heads += b"".join(reader.binaries)  # the least and the largest value
            at = reader.at + max(0, head.get(_COMPRESSED, 0))
        if at != stop:
            raise Unread(Reason.UNDECODABLE, "parquet")
    yield from _indexes(data[at:end], leaves, budget.tick)
    yield Note(bytes(heads), "page heads")


def _indexes(gap: bytes, leaves: Leaves, tick: Callable[[], None]) -> Iterator[Piece]:
    """Column and offset indexes stand between the columns and the footer; nothing else may."""
    reader = Reader(gap, 0, tick)
    try:
        while reader.at < len(gap):
            reader.struct()
    except ValueError:
        yield Part(gap, "between the columns")
        return
    yield from _binaries(reader, leaves)


def _binaries(reader: Reader, leaves: Leaves) -> Iterator[Piece]:
    """Most of them are the least and the largest value of a column of numbers."""
    for value in reader.binaries:
        if len(value) >= SHORT:
            yield from leaves.add(_schema(value) or value)
    yield Note(b"\n".join(value for value in reader.binaries if len(value) < SHORT), "metadata")


def _schema(value: bytes) -> bytes | None:
    """Arrow's own schema, which its writers add in base64: a message of an Arrow stream."""
    if not value.startswith(_ARROW):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return None


def _values(file: pq.ParquetFile, leaves: Leaves, budget: Budget) -> Iterator[Piece]:
    columns = Columns(leaves, budget)
    meta = file.metadata
    for group in range(meta.num_row_groups):
        for column in range(meta.num_columns):
            budget.tick()
            chunk = meta.row_group(group).column(column)
            # a dictionary's value may be repeated in every row
            rows = max(1, min(_ROWS, _BATCH // max(1, chunk.total_uncompressed_size)))
            name = chunk.path_in_schema
            for batch in file.iter_batches(rows, [group], columns=[name], use_threads=False):
                for array in batch.columns:
                    yield from columns.array(array, str(column))
    yield from columns.close()
