"""Content codings, undone by our own bounded decoder: the whole body in the declared codings, or nothing.

A crawler's decoder may be more lenient than ours: it may stop at the first member, skip junk, or return what it has of
a truncated stream. So every byte has to belong to the coding; what does not is a broken coding, and withheld.
Output is counted while it grows, in small steps: 0.8 KB of brotli can hold 1 GB.
"""

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator

import brotli
import zstandard

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread

STEP = 1 << 20  # bytes of output asked for at once
# bytes of zstd input given at once: a block of 4 bytes makes up to 128 KB, so this makes 32 MB at most
SIP = 1 << 10
# RFC 9659: a zstd content coding must not need a larger window; decoders on the web refuse it too
ZSTD_WINDOW = 8 << 20
SKIPPABLE = 64  # bytes in a zstd frame that decoders skip: room for the notes of pzstd, not for a picture
GZIP_HEAD = 1 << 10  # bytes of name, comment and extra field in a gzip header, for the same reason
CODINGS = 8  # stacked; more is no server we know


def tokens(values: Iterable[str]) -> list[str]:
    """The values of Content-Encoding as single codings in order of application, identity left out."""
    every = [token.strip().lower() for value in values for token in value.split(",")]
    return [token for token in every if token not in ("", "identity")]


def undo(body: bytes, codings: Iterable[str], budget: Budget) -> bytes:
    """The body without its codings. Raises Unread with CODING_UNKNOWN, CODING_BROKEN or a limit's reason."""
    stack = tokens(codings)
    if len(stack) > CODINGS:
        raise Unread(Reason.CODING_UNKNOWN, f"{len(stack)} codings")
    for coding in reversed(stack):
        decoder = DECODERS.get(coding)
        if decoder is None:
            raise Unread(Reason.CODING_UNKNOWN)  # the name is the origin's to choose: it does not go into a detail
        body = _bounded(decoder, body, budget, coding)
    return body


def _bounded(decoder: Callable[[bytes], Iterator[bytes]], body: bytes, budget: Budget, coding: str) -> bytes:
    whole = bytearray()
    try:
        for piece in decoder(body):
            budget.decoded(len(piece))
            whole += piece
    except (zlib.error, brotli.error, zstandard.ZstdError, _Broken):
        # their texts may quote the body
        raise Unread(Reason.CODING_BROKEN, coding) from None
    return bytes(whole)


class _Broken(Exception):
    """Truncated, or bytes that do not belong to the coding."""


def _inflate(data: bytes, wbits: int) -> Generator[bytes, None, bytes]:
    """One zlib, raw or gzip stream; returns what stands behind it."""
    stream = zlib.decompressobj(wbits)
    while not stream.eof:
        piece = stream.decompress(data, STEP)
        data = stream.unconsumed_tail
        yield piece
        if not (stream.eof or data or piece):
            raise _Broken
    return stream.unused_data


def gzip(data: bytes) -> Iterator[bytes]:
    """All members. Zero bytes after the last are padding (tapes, some servers); anything else is broken."""
    while True:
        _check_gzip_head(data)
        data = yield from _inflate(data, 16 + zlib.MAX_WBITS)
        if not data.strip(b"\0"):
            return


def _check_gzip_head(data: bytes) -> None:
    """Decoders skip the name, the comment and the extra field; nobody would look at a picture there."""
    if data[:3] != b"\x1f\x8b\x08" or len(data) < 10:
        raise _Broken
    flags, at = data[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(data[10:12], "little")
    for flag in (8, 16):
        if flags & flag:
            end = data.find(b"\0", at, at + GZIP_HEAD)
            if end < 0:
                raise _Broken
            at = end + 1
    if at > GZIP_HEAD:
        raise _Broken


def deflate(data: bytes) -> Iterator[bytes]:
    """RFC 9110 says zlib; servers that send the raw stream are old but alive, and all clients take it."""
    head = data[:2]
    if len(head) == 2 and head[0] & 15 == 8 and int.from_bytes(head, "big") % 31 == 0:
        rest = yield from _inflate(data, zlib.MAX_WBITS)
    else:
        rest = yield from _inflate(data, -zlib.MAX_WBITS)
    if rest:
        raise _Broken


def br(data: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    piece = stream.process(data, output_buffer_limit=STEP)
    while True:
        yield piece
        if stream.is_finished():
            return  # bytes after the end make process() raise
        if stream.can_accept_more_data() and not piece:
            raise _Broken
        piece = stream.process(b"", output_buffer_limit=STEP)


def zstd(data: bytes) -> Iterator[bytes]:
    """All frames, each whole."""
    if not data:
        raise _Broken  # every other coding needs a header for nothing, too
    view = memoryview(data)
    while view:
        if view[1:4].tobytes() == b"\x2a\x4d\x18" and view[0] & 0xF0 == 0x50:
            size = int.from_bytes(view[4:8], "little")
            if size > SKIPPABLE or len(view) < 8 + size:
                raise _Broken
            view = view[8 + size :]
            continue
        stream = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
        while not stream.eof:
            if not view:
                raise _Broken
            sip, view = view[:SIP], view[SIP:]
            yield stream.decompress(sip)
        # what the frame did not need was the end of the last sip
        view = memoryview(data)[len(data) - len(view) - len(stream.unused_data) :]


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": gzip,
    "x-gzip": gzip,
    "deflate": deflate,
    "br": br,
    "zstd": zstd,
}
