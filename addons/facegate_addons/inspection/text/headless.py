"""Raw deflate and brotli written as text, and zlib behind a head: without a magic, only who unpacks them can tell."""

import re
import zlib
from collections.abc import Iterator
from itertools import islice

import brotli

from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.text.charset import as_text
from facegate_addons.inspection.text.spelled import is_certain

_STEP = 4 << 10  # bytes of output; what a broken stream yielded before is looked at, too
_SIP = 256  # bytes given to brotli at once: with what fails goes what it made of them
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_TRIED = 16  # of its heads
_WORDS = 64  # bytes of text that hardly any other bytes yield


def unpacked(data: bytes, budget: Budget) -> tuple[bytes, bool]:
    """What `data` begins to be unpacked to, when that is something known or text; and whether it is one whole stream
    and nothing else."""
    for decoder in (_deflate, _brotli):
        out, whole = _taken(decoder(data), budget)
        if out:
            return out, whole
    for match in islice(_ZLIB.finditer(data), _TRIED):
        out, _ = _taken(_deflate(data[match.end() :]), budget)
        if out:
            return out, False
    return b"", False


def _taken(pieces: Iterator[bytes], budget: Budget) -> tuple[bytes, bool]:
    out = bytearray()
    try:
        for piece in pieces:
            if not out and not _is_known(piece):
                return b"", False
            budget.decoded(len(piece))
            out += piece
    except (zlib.error, brotli.error, EOFError):
        return bytes(out), False
    return bytes(out), True


def _is_known(head: bytes) -> bool:
    return is_certain(head) or (len(head) >= _WORDS and as_text(head, "") is not None)


def _deflate(data: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    while not stream.eof:
        yield (piece := stream.decompress(data, _STEP))
        data = stream.unconsumed_tail
        if not (stream.eof or data or piece):
            raise EOFError
    if stream.unused_data:
        raise EOFError


def _brotli(data: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for at in range(0, len(data), _SIP):
        sip = data[at : at + _SIP]
        while piece := stream.process(sip, output_buffer_limit=_STEP):
            yield piece
            sip = b""
        if stream.is_finished() and at + _SIP < len(data):
            raise EOFError
    if not stream.is_finished():
        raise EOFError
