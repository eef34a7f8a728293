"""Where something may begin inside something else: magics long enough not to turn up by chance, or with what has to
follow them."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from facegate_addons.inspection import plausible
from facegate_addons.inspection.text.shares import SHORT, places


@dataclass(frozen=True, slots=True)
class _Place:
    """`literal` is what is looked for, `offset` where it stands in the `magic`, `fits` what has to follow."""

    literal: bytes | re.Pattern[bytes]
    offset: int
    magic: re.Pattern[bytes]
    fits: Callable[[bytes, int], bool] | None = None

    @property
    def ascii(self) -> bool:
        """May it stand in text?"""
        return not isinstance(self.literal, bytes) or self.literal.isascii()

    def all(self, data: bytes, start: int) -> Iterator[int]:
        fits = self.fits
        if fits is plausible.leads_to_a_frame:
            fits = partial(plausible.leads_to_a_frame, astray=set())
        for at in self._places(data, start + self.offset):
            begin = at - self.offset
            if self.magic.match(data, begin) and (fits is None or fits(data, begin)):
                yield begin

    def _places(self, data: bytes, start: int) -> Iterator[int]:
        if isinstance(self.literal, bytes):
            return places(data, self.literal, start)
        return (found.start() for found in self.literal.finditer(data, start))


def _place(
    literal: bytes, offset: int = 0, magic: bytes = b"", fits: Callable[[bytes, int], bool] | None = None
) -> _Place:
    return _Place(literal, offset, re.compile(magic, re.DOTALL), fits)


def _short(magic: bytes, fits: Callable[[bytes, int], bool] | None = None) -> _Place:
    """Of a magic that has little in it to look for: the whole is looked for."""
    pattern = re.compile(magic, re.DOTALL)
    return _Place(pattern, 0, pattern, fits)


_PICTURES = (
    _place(b"\xff\xd8\xff", 0, rb"\xff\xd8\xff+[\xc0-\xfe]", plausible.leads_to_a_frame),
    _place(b"\x89PNG\r\n\x1a\n", 0, rb".{12}[A-Za-z]{4}"),
    _place(b"GIF8", 0, rb"GIF8[79]a", plausible.leads_to_a_block),
    _place(b"WEBP", 8, rb"RIFF.{4}WEBPVP8[ LX]"),
    _place(b"ftyp", 4, rb".{4}ftyp(?:avi[fs]|hei[cxms]|hev[cx]|mi[af]f|mif1|msf1)"),
    _place(b"\0\0\0\x0cJXL \r\n\x87\n"),
    _place(b"\0\0\0\x0cjP  \r\n\x87\n"),
    _place(b"8BPS\0\x01"),
    _place(b"qoif", 0, rb"qoif.{8}[\x03\x04][\0\x01]"),
    _place(b"\xff\x4f\xff\x51", fits=plausible.codestream),
    _place(b"DDS |\0\0\0"),
    _place(b"II*\0", fits=plausible.tiff),
    _place(b"MM\0*", fits=plausible.tiff),
    _short(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", plausible.bmp),
    _short(rb"P[56]\s\s*\d{1,5}\s+\d{1,5}\s+\d{1,5}\s"),
)
_CONTAINERS = (
    _place(b"PK\x03\x04", 0, rb"....[\x0a-\x3f]\0"),
    _place(b"\x1f\x8b\x08", 0, rb"...[\0-\x1f].{4}[\0\x02\x04][\0-\x0d\xff]"),
    _place(b"1AY&SY", 4, rb"BZh[1-9]"),
    _place(b"\xfd7zXZ\0"),
    _place(b"7z\xbc\xaf\x27\x1c"),
    _place(b"\x28\xb5\x2f\xfd"),
    _place(b"%PDF-1"),
    _place(b"\x1a\x45\xdf\xa3"),
    _place(b"ftyp", 4, rb"\0\0[\0-\x0f].ftyp[ -~]{4}"),
    _place(b"SQLite format 3\0"),
    _place(b"ustar", 257, fits=plausible.tar),
    _short(rb"\x5d\0\0.{2}(?:\xff{8}|.{4}[\0-\x3f]\0\0\0)\0", plausible.lzma),
    _short(rb"\x78[\x01\x5e\x9c\xda]", plausible.inflates),
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


def _each(magics: tuple[_Place, ...], data: bytes, start: int) -> Iterator[int]:
    ascii_alone = data.isascii()
    return heapq.merge(*(place.all(data, start) for place in magics if not ascii_alone or place.ascii))


def _first(magics: tuple[_Place, ...], data: bytes, start: int) -> int:
    begun = (place for place in magics if not isinstance(place.literal, bytes) or place.literal in data)
    return min((at for place in begun if (at := next(place.all(data, start), -1)) >= 0), default=-1)
