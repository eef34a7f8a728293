"""AVI: the chunks beside the streams, that are headers, indexes and padding. Pure."""

from collections.abc import Iterator

_LISTS = (b"RIFF", b"LIST")
_NAMED = (b"idx1", b"JUNK", b"hdrl", b"INFO", b"odml", b"vprp", b"IDIT", b"ISFT", b"strn", b"indx", b"JUNQ")
_INDEX = b"ix"  # ix00, ix01: the index of one stream in OpenDML


def named(data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each."""
    at = 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        inside = data[at + 8 : at + 12] if name in _LISTS else name
        if inside in _NAMED or inside[:2] == _INDEX:
            yield at, min(end, len(data))
        elif name in _LISTS:
            at += 12
            continue
        at = end
