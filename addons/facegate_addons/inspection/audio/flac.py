"""FLAC: blocks of metadata, then frames whose heads carry a checksum."""

import re
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_PADDING, _COMMENT, _PICTURE = 1, 4, 6
_KNOWN = (0, 3, 5)  # stream info, seek points, cue sheet
_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_FRAME = 256 << 10  # bytes from one frame to the next; 65,535 samples of eight channels do not occur


def flac(source: Source) -> Iterator[Piece]:
    data, at, last = source.data, 4, False
    while not last:
        source.budget.tick()
        last, kind, size = bool(data[at] & 128), data[at] & 127, int.from_bytes(data[at + 1 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        if len(body) < size:
            raise Unread(Reason.UNDECODABLE, "flac")
        at += 4 + size
        if kind == _PICTURE:
            yield Note(body, "cover")
            yield Part(picture(body), "cover")
        elif kind == _COMMENT or kind in _KNOWN:
            yield Note(body, "block")
        elif rest := body.strip(b"\0"):
            yield Part(rest, "block") if len(rest) > SLACK or kind != _PADDING else Note(rest, "block")
    end = len(data) - 128 if data[-128:-125] == b"TAG" else len(data)
    previous = at
    for match in _SYNC.finditer(data, at, end):
        if match.start() - previous > _FRAME:
            break
        if _head(data, match.start()):
            previous = match.start()
    if end - previous > _FRAME or (end > at and not _head(data, at)):
        raise Unread(Reason.UNDECODABLE, "flac")
    yield Note(data[at:], "sound")


def picture(body: bytes) -> bytes:
    """The file inside a PICTURE block."""
    at = 4
    for skipped in (0, 16):  # its type, what is said of it; its sizes
        size = int.from_bytes(body[at : at + 4], "big")
        at += 4 + size + skipped
    size = int.from_bytes(body[at : at + 4], "big")
    if at + 4 + size != len(body):
        raise Unread(Reason.UNDECODABLE, "flac")
    return body[at + 4 :]


def _head(data: bytes, at: int) -> bool:
    """Is the checksum behind a frame's head its own?"""
    if at + 6 > len(data) or data[at + 3] & 1 or data[at + 2] & 15 == 15:
        return False
    first = data[at + 4]
    size = 5 if first < 128 else 5 + max(1, 8 - (255 - first).bit_length() - 1)
    size += {6: 1, 7: 2}.get(data[at + 2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(data[at + 2] & 15, 0)
    check = 0
    for byte in data[at : at + size]:
        check = _CRC[check ^ byte]
    return data[at + size : at + size + 1] == bytes([check])


def _crc(value: int) -> int:
    for _ in range(8):
        value = (value << 1 ^ 0x07) & 255 if value & 128 else value << 1
    return value


_CRC = [_crc(value) for value in range(256)]
