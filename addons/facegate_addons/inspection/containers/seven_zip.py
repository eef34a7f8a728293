"""7z archives: packed streams in front, the header that explains them behind, and nobody's bytes between.

Names are only searched: a member is what its stream holds. Several members are packed as one, and cut apart by the
sizes that the header states.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from py7zr.archiveinfo import Folder, StreamsInfo

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.containers import seven_zip_coders as coders
from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.parts import Part, Piece, Source

_HEAD = 32
_HEADER = 16 << 20  # bytes; that of an archive of a hundred thousand members is smaller
_PLAIN, _STREAMS, _PACKED = 1, 4, 23  # what a header begins with: itself, the streams in it, a packed header
_WRAPPED = 4  # headers packed in packed headers


@dataclass
class _Archive:
    data: bytes
    budget: Budget
    beside: Slack = field(default_factory=Slack)
    claimed: list[tuple[int, int]] = field(default_factory=list)

    def claim(self, begin: int, size: int) -> bytes:
        if begin + size > len(self.data):
            raise EOFError
        self.claimed.append((begin, begin + size))
        return self.data[begin : begin + size]

    def header(self) -> bytes:
        offset, size, crc = struct.unpack_from("<2QL", self.data, 12)
        if struct.unpack_from("<L", self.data, 8)[0] != zlib.crc32(self.data[12:_HEAD]):
            raise ValueError
        header = self.claim(_HEAD + offset, size)
        if crc != zlib.crc32(header):
            raise ValueError
        for _ in range(_WRAPPED):
            if len(header) > _HEADER:
                raise Unread(Reason.UNSUPPORTED_TYPE, "7z header")
            self.beside.note(header)
            if header[:1] != bytes([_PACKED]):
                return header
            (header,) = self.folders(_streams(header[1:]))
        raise Unread(Reason.UNSUPPORTED_TYPE, "7z header")

    def folders(self, streams: StreamsInfo) -> Iterator[bytes]:
        """Each packed stream, unpacked."""
        packed, unpacked = streams.packinfo, streams.unpackinfo
        if packed is None or unpacked is None:
            if packed or unpacked:
                raise ValueError
            return
        if len(packed.packsizes) != len(unpacked.folders):
            raise Unread(Reason.UNSUPPORTED_TYPE, "7z method")  # one that makes one stream of several
        begin = _HEAD + packed.packpos
        for size, folder in zip(packed.packsizes, unpacked.folders, strict=True):
            yield self.folder(folder, self.claim(begin, size))
            begin += size

    def folder(self, folder: Folder, data: bytes) -> bytes:
        for number in _order(folder):
            coder, size = folder.coders[number], folder.unpacksizes[number]
            if size > self.budget.room:
                self.budget.decoded(size)
            data, rest = coders.undo(coder["method"], coder["properties"] or b"", data, size, self.budget)
            self.beside.note(rest[:_HEADER])
            if len(data) != size or len(rest) > _HEADER:
                raise ValueError
        return data

    def gaps(self) -> Iterator[Piece]:
        at = _HEAD
        for begin, end in sorted(self.claimed):
            if begin < at and end > begin:
                raise ValueError  # streams that share bytes
            yield from self.beside.add(self.data[at:begin], "between streams")
            at = max(at, end)
        yield from self.beside.add(self.data[at:], "after the archive")
        yield from self.beside.notes()


def seven_zips(source: Source) -> Iterator[Piece]:
    archive = _Archive(source.data, source.budget)
    header = archive.header()
    if header:
        streams = _main(header)
        number = 0
        for folder, sizes in zip(archive.folders(streams), _sizes(streams), strict=True):
            at = 0
            for size in sizes:
                number += 1
                if size:
                    yield Part(folder[at : at + size], f"member {number}")
                at += size
            if at != len(folder) or min(sizes) < 0:
                raise ValueError
    yield from archive.gaps()


def _streams(header: bytes) -> StreamsInfo:
    streams = StreamsInfo()  # type: ignore[no-untyped-call]
    streams.read(io.BytesIO(header))
    return streams


def _main(header: bytes) -> StreamsInfo:
    """The streams of a plain header; without any, all its files are empty."""
    if header[0] != _PLAIN:
        raise ValueError
    if header[1] != _STREAMS:
        if header[1] not in (0, 5):  # properties of the archive, streams for the header itself: nobody writes them
            raise Unread(Reason.UNSUPPORTED_TYPE, "7z header")
        return StreamsInfo()  # type: ignore[no-untyped-call]
    return _streams(header[2:])


def _order(folder: Folder) -> Iterator[int]:
    """Numbers of the coders, from the packed side on."""
    if any(coder["numinstreams"] != 1 or coder["numoutstreams"] != 1 for coder in folder.coders):
        raise Unread(Reason.UNSUPPORTED_TYPE, "7z method")
    after = {bond.outcoder: bond.incoder for bond in folder.bindpairs}
    number, seen = folder.packed_indices[0], 0
    while True:
        yield number
        seen += 1
        if number not in after:
            break
        number = after.pop(number)
    if seen != len(folder.coders):
        raise ValueError


def _sizes(streams: StreamsInfo) -> Iterator[list[int]]:
    """Of the members in each packed stream."""
    if streams.unpackinfo is None:
        return
    said = streams.substreamsinfo
    at = 0
    for number, folder in enumerate(streams.unpackinfo.folders):
        whole = folder.get_unpack_size()
        count = max(said.num_unpackstreams_folders[number], 1) if said else 1
        if said is None or said.unpacksizes is None:
            if count != 1:
                raise ValueError
            yield [whole]
        else:
            yield said.unpacksizes[at : at + count]
        at += count
