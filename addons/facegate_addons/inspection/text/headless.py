"""Raw deflate and brotli written as text: neither has a magic, so only who unpacks them can tell."""

import zlib
from collections.abc import Iterator

import brotli

from facegate_addons.inspection import sniff
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.text.charset import as_text
from facegate_addons.inspection.text.spelled import CERTAIN

_STEP = 4 << 10  # bytes of output; what a broken stream yielded before is looked at, too
_SIP = 256  # bytes given to brotli at once: with what fails goes what it made of them
_WORDS = 64  # bytes of text that hardly any other bytes yield


def unpacked(data: bytes, budget: Budget) -> tuple[bytes, bool]:
    """What `data` begins to be unpacked to, when that is something known or text; and whether it is one whole stream
    and nothing else."""
    for decoder in (_deflate, _brotli):
        out = bytearray()
        try:
            for piece in decoder(data):
                if not out and not _is_known(piece):
                    break
                budget.decoded(len(piece))
                out += piece
            else:
                return bytes(out), True
        except (zlib.error, brotli.error, EOFError):
            if out:
                return bytes(out), False
    return b"", False


def _is_known(head: bytes) -> bool:
    return sniff.sniff(head) in CERTAIN or (len(head) >= _WORDS and as_text(head, "") is not None)


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
