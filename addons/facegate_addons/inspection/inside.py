"""Where something may begin inside something else: magics long enough not to turn up by chance, or with what has to
follow them."""

import heapq
import re
from collections.abc import Iterator

from facegate_addons.inspection.text.shares import SHORT, places

_JPEG, _GIF = b"\xff\xd8\xff", b"GIF8"

# a literal that bytes.find() runs after, where it stands in the magic, and the whole magic
type _Places = tuple[tuple[bytes, int, re.Pattern[bytes]], ...]


def _places(*magics: tuple[bytes, int, bytes]) -> _Places:
    return tuple((literal, offset, re.compile(magic, re.DOTALL)) for literal, offset, magic in magics)


_PICTURES = _places(
    (_JPEG, 0, rb"\xff\xd8\xff[\xc0-\xfe]"),
    (b"\x89PNG\r\n\x1a\n", 0, rb".{12}[A-Za-z]{4}"),
    (_GIF, 0, rb"GIF8[79]a"),
    (b"WEBP", 8, rb"RIFF.{4}WEBPVP8[ LX]"),
    (b"ftyp", 4, rb".{4}ftyp(?:avi[fs]|hei[cxms]|hev[cx]|mi[af]f|mif1|msf1)"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", 0, rb""),
    (b"\0\0\0\x0cjP  \r\n\x87\n", 0, rb""),
    (b"8BPS\0\x01", 0, rb""),
    (b"qoif", 0, rb"qoif.{8}[\x03\x04][\0\x01]"),
)
_CONTAINERS = _places(
    (b"PK\x03\x04", 0, rb"....[\x0a-\x3f]\0"),
    (b"\x1f\x8b\x08", 0, rb"...[\0-\x1f].{4}[\0\x02\x04][\0-\x0d\xff]"),
    (b"1AY&SY", 4, rb"BZh[1-9]"),
    (b"\xfd7zXZ\0", 0, rb""),
    (b"7z\xbc\xaf\x27\x1c", 0, rb""),
    (b"\x28\xb5\x2f\xfd", 0, rb""),
    (b"%PDF-1", 0, rb""),
    (b"\x1a\x45\xdf\xa3", 0, rb""),
    (b"ftyp", 4, rb"\0\0[\0-\x0f].ftyp[ -~]{4}"),
    (b"SQLite format 3\0", 0, rb""),
)


def find_picture(data: bytes, start: int = 0) -> int:
    """Where a picture's magic stands in `data` at or after `start`, or -1."""
    return _first(_PICTURES, data, start) if len(data) < SHORT else next(pictures(data, start), -1)


def find_container(data: bytes, start: int = 0) -> int:
    """Where an archive, a document or a video may begin in `data` at or after `start`, or -1."""
    return _first(_CONTAINERS, data, start) if len(data) < SHORT else next(containers(data, start), -1)


def pictures(data: bytes, start: int = 0) -> Iterator[int]:
    """Where `find_picture` finds one after the other."""
    return _each(_PICTURES, data, start)


def containers(data: bytes, start: int = 0) -> Iterator[int]:
    return _each(_CONTAINERS, data, start)


def _each(magics: _Places, data: bytes, start: int) -> Iterator[int]:
    ascii_alone = data.isascii()
    return heapq.merge(
        *(_all(data, start, *magic) for magic in magics if not ascii_alone or magic[0].isascii()),
    )


def _all(data: bytes, start: int, literal: bytes, offset: int, magic: re.Pattern[bytes]) -> Iterator[int]:
    astray: set[int] = set()
    for at in places(data, literal, start + offset):
        if magic.match(data, at - offset) and _leads_on(literal, data, at, astray):
            yield at - offset


def _first(magics: _Places, data: bytes, start: int) -> int:
    best, astray = -1, set[int]()
    for literal, offset, magic in magics:
        at = start + offset
        while (at := data.find(literal, at, len(data) if best < 0 else best + offset + len(literal) - 1)) >= 0:
            if magic.match(data, at - offset) and _leads_on(literal, data, at, astray):
                best = at - offset
                break
            at += 1
    return best


def _leads_on(literal: bytes, data: bytes, at: int, astray: set[int]) -> bool:
    if literal == _JPEG:
        return _leads_to_a_frame(data, at + 2, astray)
    return literal != _GIF or _leads_to_a_block(data, at)


def _leads_to_a_block(data: bytes, at: int) -> bool:
    """Do GIF's blocks begin behind its colours? Lists of magics have "GIF89a" and none."""
    flags = data[at + 10 : at + 11]
    colours = 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0
    return data[at + 13 + colours : at + 14 + colours] in (b"!", b",")


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
_SEGMENTS = 1_000  # before the frame header; a profile takes 255 at most
_JUNK = 256  # bytes between two segments; decoders skip any number


def _leads_to_a_frame(data: bytes, at: int, astray: set[int]) -> bool:
    """Do JPEG segments lead from `at` to a frame header? Tables of small negative numbers have the magic too.

    `astray` is where earlier walks through the same data came by that led nowhere: no step is taken twice.
    """
    passed: list[int] = []
    for _ in range(_SEGMENTS):
        at = data.find(b"\xff", at, at + _JUNK)
        if at < 0 or at + 10 > len(data) or at in astray:
            break
        passed.append(at)
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES and size == 8 + 3 * data[at + 9]:
            return True
        if marker in (0, 0xFF) or marker in _BARE:
            at += 1
        elif marker in (0xD8, 0xD9, 0xDA) or size < 2:
            break
        else:
            at += 2 + size
    astray.update(passed)
    return False
