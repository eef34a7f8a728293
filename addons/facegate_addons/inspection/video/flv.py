"""FLV: the tags beside sound and video, which hold titles and indexes. Pure."""

from collections.abc import Iterator

_SCRIPT = 18
_TAG, _BACK = 11, 4  # bytes of a tag's head, and of its length behind it


def scripts(data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each."""
    at = int.from_bytes(data[5:9], "big") + _BACK
    while at + _TAG <= len(data):
        end = at + _TAG + int.from_bytes(data[at + 1 : at + 4], "big") + _BACK
        if data[at] & 0x1F == _SCRIPT:
            yield at, min(end, len(data))
        at = end
