"""Files that are one compressed stream, or several behind each other: what they hold is one Part.

A reader that stops at the first stream sees the beginning of what all of them make. What the headers carry, what
stands between the streams and what stands behind them is looked at by itself.
"""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.containers import decoders
from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.parts import Part, Piece, Source


def gzips(source: Source) -> Iterator[Piece]:
    """All members. Zero bytes behind the last are padding, as gzip takes it."""
    data, at, out, beside = source.data, 0, bytearray(), Slack()
    while data.startswith(b"\x1f\x8b\x08", at):
        yield from beside.add(data[at + 10 : _gzip_fields(data, at)], "gzip header")
        at = decoders.whole(decoders.gzip_member(data, at), source.budget, out)
    yield Part(bytes(out), "gzip")
    yield from beside.add(data[at:], "after gzip")
    yield from beside.notes()


def _gzip_fields(data: bytes, at: int) -> int:
    """Where the extra field, the name and the comment of a gzip header end."""
    flags, end = data[at + 3], at + 10
    if flags & 4:
        end += 2 + int.from_bytes(data[end : end + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            end = data.index(b"\0", end) + 1
    return end


def bzip2s(source: Source) -> Iterator[Piece]:
    yield from _repeated(source, decoders.bzip2, b"BZh")


def xzs(source: Source) -> Iterator[Piece]:
    """Streams may have zeros between them, four by four."""
    yield from _repeated(source, decoders.xz, b"\xfd7zXZ\0", b"\0\0\0\0")


def _repeated(source: Source, decoder: decoders.Decoder, magic: bytes, padding: bytes = b"") -> Iterator[Piece]:
    data, at, out, beside = source.data, 0, bytearray(), Slack()
    while data.startswith(magic, at):
        at = decoders.whole(decoder(data, at), source.budget, out)
        while padding and data.startswith(padding, at):
            at += len(padding)
    if not at:
        raise decoders.Truncated
    yield Part(bytes(out), source.kind)
    yield from beside.add(data[at:], f"after {source.kind}")
    yield from beside.notes()


def lzmas(source: Source) -> Iterator[Piece]:
    yield from _single(source, decoders.lzma_alone)


def zlibs(source: Source) -> Iterator[Piece]:
    yield from _single(source, decoders.zlib_stream)


def _single(source: Source, decoder: decoders.Decoder) -> Iterator[Piece]:
    out, beside = bytearray(), Slack()
    end = decoders.whole(decoder(source.data, 0), source.budget, out)
    yield Part(bytes(out), source.kind)
    yield from beside.add(source.data[end:], f"after {source.kind}")
    yield from beside.notes()


def zstds(source: Source) -> Iterator[Piece]:
    """Frames, and skippable frames between them, which decoders pass over."""
    data, at, out, beside = source.data, 0, bytearray(), Slack()
    while True:
        if data[at + 1 : at + 4] == b"\x2a\x4d\x18" and data[at] & 0xF0 == 0x50:
            skipped = _skippable(data, at)
            yield from beside.add(skipped, "skippable frame")
            at += 8 + len(skipped)
            source.budget.tick()
        elif data.startswith(b"\x28\xb5\x2f\xfd", at):
            at = decoders.whole(decoders.zstd_frame(data, at), source.budget, out)
        else:
            break
    yield Part(bytes(out), "zstd")
    yield from beside.add(data[at:], "after zstd")
    yield from beside.notes()


def _skippable(data: bytes, at: int) -> bytes:
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    if len(data) < at + 8 + size:
        raise decoders.Truncated
    if data[at] == 0x5E and size == 32:  # RFC 9842: the digest of the dictionary that the next frame needs
        raise Unread(Reason.UNSUPPORTED_TYPE, "zstd dictionary")
    return data[at + 8 : at + 8 + size]
