"""The units (NAL) of H.264 and H.265 packets that FFmpeg leaves out: second views, layers and alpha. Pure."""

import re
from collections.abc import Iterator

_START = re.compile(rb"\0\0\x01(?=.)", re.DOTALL)
_AVC_LAYERS = (19, 20, 21)  # auxiliary picture, slice of another view or layer, of a depth view
_HEVC_PICTURES = 32  # types below are pictures


def length_size(codec: str, extra: bytes) -> int:
    """Bytes of the length before each unit, as the stream's header says; 0 where start codes part them."""
    if extra[:1] != b"\1":
        return 0
    at = {"h264": 4, "hevc": 21}.get(codec, len(extra))
    return (extra[at] & 3) + 1 if at < len(extra) else 0


def layered(codec: str, data: bytes, size: int) -> bool:
    """Does the packet hold a picture beside the one that is decoded?"""
    if codec == "h264":
        return any(unit[0] & 0x1F in _AVC_LAYERS for unit in _heads(data, size))
    if codec == "hevc":
        return any(
            unit[0] >> 1 & 0x3F < _HEVC_PICTURES and (unit[0] & 1) << 5 | unit[1] >> 3
            for unit in _heads(data, size)
            if len(unit) > 1
        )
    return False


def _heads(data: bytes, size: int) -> Iterator[bytes]:
    """The first two bytes of each unit."""
    if not size:
        yield from (data[match.end() : match.end() + 2] for match in _START.finditer(data))
        return
    at = 0
    while at + size < len(data):
        yield data[at + size : at + size + 2]
        at += size + int.from_bytes(data[at : at + size], "big")
