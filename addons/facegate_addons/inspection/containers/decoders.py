"""Compressed streams, one at a time: each decoder gives its output in small steps and returns where the stream ended.

`whole` runs one under the budget. Input goes in by sips, so that a file of ten thousand streams is not copied ten
thousand times; output comes out in steps of a known size, and dictionaries have a limit of their own.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator
from typing import Protocol

import zstandard

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.unwrap import STEP

SIP = 1 << 16  # bytes of input given at once
# a zstd block of 4 bytes makes up to 128 KB and output cannot be bounded otherwise: this makes 32 MB at most
ZSTD_SIP = 1 << 10
ZSTD_WINDOW = 128 << 20  # what `zstd -d` takes unasked
LZMA_MEMORY = 100 << 20  # `xz -9` needs 65 MB

type Steps = Generator[bytes, None, int]
type Decoder = Callable[[bytes, int], Steps]


class Truncated(Exception):
    """The stream goes on behind the end of the bytes."""


def whole(steps: Steps, budget: Budget, out: bytearray) -> int:
    """Append what one stream holds to `out`; returns where it ended."""
    try:
        while True:
            piece = next(steps)
            budget.decoded(len(piece))
            out += piece
    except StopIteration as stop:
        end: int = stop.value
        return end
    except (lzma.LZMAError, zstandard.ZstdError) as error:
        # no attribute tells these from broken bytes; neither text quotes the input
        if "emory" in str(error):
            raise Unread(Reason.LIMIT_MEMORY, "dictionary") from None
        raise


def _inflate(data: bytes, at: int, wbits: int) -> Steps:
    stream = zlib.decompressobj(wbits)
    view = memoryview(data)
    rest: bytes | memoryview = b""
    while not stream.eof:
        sip = rest or view[at : at + SIP]
        if not rest:
            at += len(sip)
        piece = stream.decompress(sip, STEP)
        rest = stream.unconsumed_tail
        yield piece
        if not (sip or piece or stream.eof):
            raise Truncated
    return at - len(stream.unused_data)


def gzip_member(data: bytes, at: int) -> Steps:
    return _inflate(data, at, 16 + zlib.MAX_WBITS)


def zlib_stream(data: bytes, at: int) -> Steps:
    return _inflate(data, at, zlib.MAX_WBITS)


def deflate(data: bytes, at: int) -> Steps:
    return _inflate(data, at, -zlib.MAX_WBITS)


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def sipped(stream: _Stream, data: bytes, at: int) -> Steps:
    while not stream.eof:
        sip = b""
        if stream.needs_input:
            sip = data[at : at + SIP]
            at += len(sip)
            if not sip:
                raise Truncated
        yield stream.decompress(sip, STEP)
    return at - len(stream.unused_data)


def bzip2(data: bytes, at: int) -> Steps:
    return sipped(bz2.BZ2Decompressor(), data, at)


def xz(data: bytes, at: int) -> Steps:
    return sipped(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LZMA_MEMORY), data, at)


def lzma_alone(data: bytes, at: int) -> Steps:
    return sipped(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=LZMA_MEMORY), data, at)


def zstd_frame(data: bytes, at: int) -> Steps:
    if zstandard.get_frame_parameters(data[at : at + 18]).dict_id:
        raise Unread(Reason.UNSUPPORTED_TYPE, "zstd dictionary")
    stream = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
    while not stream.eof:
        sip = data[at : at + ZSTD_SIP]
        at += len(sip)
        if not sip:
            raise Truncated
        yield stream.decompress(sip)
    return at - len(stream.unused_data)
