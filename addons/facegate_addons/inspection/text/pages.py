"""Bytes as the characters of a code page, or of one block of Unicode, written out or escaped.

Each byte is one character; which, says a published code page, or the number of the first. EBCDIC is text of its own.
"""

import codecs
import html.entities
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.sequences import HEADS, LEAST
from facegate_addons.inspection.text.spelled import Run

MANY = 200  # escapes under which they spell no picture of a face
CONTROLS = 8  # characters of a block that no text has, and every picture: of 512 random bytes 54
_PAGES = (
    *("latin-1", "cp037", "cp500", "cp1140", "koi8_r", "koi8_u", "mac_roman", "mac_cyrillic"),
    *(f"cp{number}" for number in (437, 850, 852, 858, 866, 1250, 1251, 1252, 1254)),
    *(f"iso8859_{part}" for part in (2, 5, 9, 15)),
)
_ENTITY = re.compile(r"&(?:#0*(\d{1,7})|#[xX]0*([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}\d{0,2}));")
_ENTITIES = re.compile(rb"&[#A-Za-z][#0-9A-Za-z]{1,8};")
_SHORTEST, _LONGEST = 3, 10  # characters before the semicolon of such a one
# of these alone no picture is made: links and listings of code are full of them
_MARKUP = (b"amp;", b"lt;", b"gt;", b"quot;", b"nbsp;")
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{2,64}-")
_EBCDIC = bytes(ord(sign) if (sign := bytes([byte]).decode("cp037")) < "\x7f" else 0 for byte in range(256))
_STRAY = 20  # one in so many
_NIBBLES, _BITS = 16, 2
_SAMPLE = 4_096
_BLOCK = 512  # characters

type Points = NDArray[np.int32]


def pages(text: bytes) -> Iterator[Run]:
    if len(text) < LEAST:
        return
    if not text.isascii():
        beyond = shares.total(text, lambda letters: letters > 127)
        if beyond >= 0.4 * len(text) and (plain := text.translate(_EBCDIC)).count(b"\0") * _STRAY < len(text):
            yield Run(plain, "EBCDIC", guessed=True)
        if beyond >= 2 * LEAST:
            yield from (_run(data) for data in blocks(_points(text.decode("utf-8", "ignore"))))
    for characters in _unescaped(text):
        yield from (_run(data) for data in paged(characters))
        yield from (_run(data) for data in blocks(_points(characters)))


def _run(data: bytes) -> Run:
    return Run(data, "code page", searched=True, guessed=True)


def _unescaped(text: bytes) -> Iterator[str]:
    if shares.times(text, b"\\u") >= MANY:
        yield text.decode("unicode_escape", "ignore")
    if shares.count(text, ord("&")) >= MANY and _most_entities(text) >= MANY and len(_ENTITIES.findall(text)) >= MANY:
        yield _ENTITY.sub(_entity, text.decode("utf-8", "ignore"))
    if shares.times(text, b"+AA") >= CONTROLS and len(_UTF7.findall(text)) >= MANY // 2:
        yield text.decode("utf-7", "ignore")


def _most_entities(text: bytes) -> int:
    """There are no more than this, but for those of markup: a letter or # stands behind a sign, and a semicolon where
    one may end."""
    letters = shares.characters(text + bytes(_LONGEST))
    places = np.flatnonzero(letters == ord("&"))
    behind = letters[places + 1]
    places = places[(behind == ord("#")) | ((behind | 0x20) - np.uint8(ord("a")) < 26)]
    ends = np.zeros(len(places), np.bool_)
    for place in range(_SHORTEST, _LONGEST + 1):
        ends |= letters[places + place] == ord(";")
    for name in _MARKUP:
        ends &= ~np.logical_and.reduce([letters[places + at] == letter for at, letter in enumerate(name, 1)])
    return int(np.count_nonzero(ends))


def _entity(match: re.Match[str]) -> str:
    """Not html.unescape: it takes 128 to 159 for Windows' characters and 0 for none."""
    if match[3]:
        return chr(html.entities.name2codepoint.get(match[3], 0x3F))
    value = int(match[1]) if match[1] else int(match[2], 16)
    return chr(value) if value < 0x110000 else "?"


@cache
def _tables() -> list[tuple[dict[int, int], tuple[str, ...]]]:
    """What each character stands for, and what magics look like."""
    letters = [[_letter(page, byte) for byte in range(256)] for page in _PAGES]
    letters.append([chr(byte if byte < 128 else 0xDC00 + byte) for byte in range(256)])  # Python's surrogateescape
    return [
        ({ord(letter): byte for byte, letter in enumerate(page)}, tuple("".join(page[b] for b in h) for h in HEADS))
        for page in letters
    ]


def _letter(page: str, byte: int) -> str:
    """What a page leaves open is the character of that number, as browsers have it."""
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


def paged(characters: str) -> Iterator[bytes]:
    characters = _controlled(characters)
    if not characters:
        return
    for mapping, heads in _tables():
        for head in heads:
            at = characters.find(head)
            # words that magics are too, GIF8 and RIFF, are not read on for long
            if at < 0 or (head.isascii() and _read(characters[max(at - _BEFORE, 0) :][:_AHEAD], mapping) is None):
                continue
            if data := _read(characters[max(at - _BEFORE, 0) :], mapping):
                yield data
                break


def _controlled(characters: str) -> str:
    """Where control characters are: each block with some of them, and its neighbours."""
    points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), np.uint32)
    controls = np.flatnonzero((points < 9) | ((points > 13) & (points < 32)))
    counts = np.bincount(controls // _BLOCK, minlength=1)
    dense = np.flatnonzero(counts >= CONTROLS)
    near = np.unique(np.concatenate([dense - 1, dense, dense + 1]))
    return "".join(characters[at * _BLOCK : (at + 1) * _BLOCK] for at in near.tolist() if at >= 0)


def _read(characters: str, mapping: dict[int, int]) -> bytes | None:
    data = codecs.charmap_encode(characters, "replace", mapping)[0]
    at = begins(data)
    return data[at:] if at >= 0 else None


_BEFORE, _AHEAD = 8, 4_096
_NEAR = 256
_STEPS = np.zeros((2 * _NEAR, 2 * _NEAR), np.int16)  # from the first to the second and third byte of a magic -> first
for _head in HEADS:
    _STEPS[_head[1] - _head[0] + _NEAR, _head[2] - _head[1] + _NEAR] = _head[0]


def _points(characters: str) -> Points:
    points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), np.int32)
    return points[points > 0x7F]


def blocks(points: Points) -> Iterator[bytes]:
    """Characters beyond ASCII in which the steps of a magic stand: what the first is for says which are the others."""
    if len(points) < LEAST:
        return
    steps = np.clip(np.diff(points), -_NEAR, _NEAR - 1) + _NEAR
    firsts = _STEPS[steps[:-1], steps[1:]]
    seen: set[int] = set()
    for at in np.flatnonzero(firsts).tolist():
        begin = int(points[at]) - int(firsts[at])
        if begin not in seen and len(seen) < _NIBBLES:
            seen.add(begin)
            values = points[max(at - 4, 0) :] - begin
            data = values[(values >= 0) & (values < 256)].astype(np.uint8).tobytes()
            if len(data) >= LEAST and (place := begins(data)) >= 0:
                yield data[place:]
    yield from _parts(points)


def _parts(points: Points) -> Iterator[bytes]:
    """Sixteen characters for the halves of bytes, or two for bits."""
    middle = len(points) // 2
    some = np.unique(points[max(middle - _SAMPLE // 2, 0) : middle + _SAMPLE // 2])
    if len(some) == _NIBBLES:
        values = np.searchsorted(some, points[np.isin(points, some)]).astype(np.uint8)
        for shift in range(2):
            pairs = values[shift : shift + (len(values) - shift & ~1)].reshape(-1, 2)
            for high, low in ((0, 1), (1, 0)):
                yield from _begun((pairs[:, high] << 4 | pairs[:, low]).tobytes())
    elif len(some) == _BITS:
        yield from bits(points[np.isin(points, some)] == some[1])


def bits(values: NDArray[np.bool_]) -> Iterator[bytes]:
    """Eight to a byte, the highest or the lowest first, whichever of the two is one."""
    for ones in (values, ~values):
        for shift in range(8):
            yield from _begun(np.packbits(ones[shift:]).tobytes())
            yield from _begun(np.packbits(ones[shift:], bitorder="little").tobytes())


def _begun(data: bytes) -> Iterator[bytes]:
    if len(data) >= LEAST and (at := begins(data)) >= 0:
        yield data[at:]
