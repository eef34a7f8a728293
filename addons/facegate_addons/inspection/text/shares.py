"""Which characters a text is made of, block by block: with too few of those that a code needs, nobody looks for it.

Comparing in numpy is ten times as fast as `bytes.translate` or `bytes.count`.
"""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

BLOCK = 512  # bytes judged together
_SLICE = 1 << 17  # bytes compared at once, which the cache of a core holds
SHORT = 16 << 10  # bytes under which calling numpy costs more than it saves
_TINY = 1 << 10  # the same, of one character that is counted
# of the characters of a text, one in so many is few: then the places are looked at one by one
_SPARSE = 24
# what text has most of, the most frequent last; what it has least of is not among it
_FREQUENT = b"GBFOUNDPLRISCEATW>}{)([];#_'/.\t,:98765432=<-10zxjqkvwybgfm\"hpcudlsrinaot\ne "
_NOWHERE = np.empty(0, np.intp)
_LANES = 8  # bytes of a word that are added at once; none overflows in a block
# share of capitals in some block of a code of capitals and small letters, though two thirds of it were noise: base64
# has 41 %, base85 and base91 30 %. English has 3 %, scripts 6 %
CAPITALS = 0.1
# share of small letters in some block of base32 in small letters, the like: it has 81 %
SMALL = 0.25
# share of the signs that escapes begin with: \u00ff has 17 %, and half as many where half of the characters are bare
SIGNS = 0.04
_CASES = (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
REACH = 4  # blocks before and behind one chosen that may say less
# shares of digits and of a to f in some block of hexadecimal, the like: it has 62 % and 38 %
DIGITS, SIXTEENTHS = 0.12, 0.05


def characters(text: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(text, np.uint8)


def total(text: bytes, marked: "_Marks") -> int:
    """How many characters are marked."""
    letters = characters(text)
    if len(text) <= _SLICE:
        return int(np.count_nonzero(marked(letters)))
    return sum(int(np.count_nonzero(marked(letters[at : at + _SLICE]))) for at in range(0, len(text), _SLICE))


def count(text: bytes, byte: int) -> int:
    if byte not in text:  # which is told many times faster than how often
        return 0
    if len(text) < _TINY:
        return text.count(byte)
    return total(text, lambda letters: letters == byte)


def where(text: bytes, byte: int) -> NDArray[np.intp]:
    """All places of one character."""
    letters = characters(text)
    found = [(letters[at : at + _SLICE] == byte).nonzero()[0] + at for at in range(0, len(text), _SLICE)]
    return found[0] if len(found) == 1 else np.concatenate(found) if found else _NOWHERE


def places(text: bytes, needle: bytes, start: int = 0) -> Iterator[int]:
    """Where `needle` stands in `text` at or after `start`, overlapping too."""
    if len(text) < SHORT:
        at = text.find(needle, start)
        while at >= 0:
            yield at
            at = text.find(needle, at + 1)
        return
    for begin, found in _found(text, needle, start):
        for at in found.tolist():
            yield begin + at


def _found(text: bytes, needle: bytes, start: int = 0) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Of each slice where it begins, and where in it the needle stands."""
    if needle[_by_rarity(needle)[0]] not in text:
        return
    letters = characters(text)
    last = len(text) - len(needle) + 1
    for begin in range(start, last, _SLICE):
        found = _begun(letters[begin : min(begin + _SLICE, last) + len(needle) - 1], needle)
        if len(found):
            yield begin, found


def _begun(letters: NDArray[np.uint8], needle: bytes) -> NDArray[np.intp]:
    """Where it stands. Its rarer characters are compared first; once few places are left, no more than these are."""
    size = len(letters) - len(needle) + 1
    first, *rest = _by_rarity(needle)
    found: NDArray[np.bool_] = letters[first : first + size] == needle[first]
    for number, place in enumerate(rest):
        left = np.count_nonzero(found)
        if left * _SPARSE <= size:
            at = found.nonzero()[0] if left else _NOWHERE
            for further in rest[number:]:
                if not len(at):
                    break
                at = at[letters[at + further] == needle[further]]
            return at
        found &= letters[place : place + size] == needle[place]
    return found.nonzero()[0]


@cache
def _by_rarity(needle: bytes) -> list[int]:
    """Places of the characters that text has least of, first."""
    return sorted(range(len(needle)), key=lambda place: _FREQUENT.find(needle[place]))


def times(text: bytes, needle: bytes, least: int = 0) -> int:
    """As text.count(needle), of a needle that cannot overlap itself: its first character is in it once.

    0 where it is known sooner that it is less than `least`.
    """
    if len(text) < SHORT:
        return text.count(needle)
    if least and count(text, needle[_by_rarity(needle)[0]]) < least:
        return 0
    return sum(len(found) for _, found in _found(text, needle))


def has(text: bytes, needle: bytes) -> bool:
    if len(text) < SHORT:
        return needle in text
    return next(_found(text, needle), None) is not None


def without(text: bytes, bounds: bytes, least: int) -> Iterator[bytes]:
    """Where `least` characters may stand in one piece that has none of `bounds`."""
    if len(text) < least:
        return
    sums = counts(text, lambda letters: np.logical_or.reduce([letters == bound for bound in bounds]))
    edges = np.flatnonzero(np.concatenate([[1], sums[:-1], [1]]))  # the last is counted twice
    for chosen in np.flatnonzero(np.diff(edges) > least // BLOCK - 1).tolist():
        yield text[max(edges[chosen] - 1, 0) * BLOCK : (edges[chosen + 1] + 1) * BLOCK]


def follows(text: bytes, letter: bytes, low: bytes, high: bytes) -> int:
    """How often a letter, small or capital, stands before a character between two."""
    letters = characters(text)
    total = 0
    for at in range(0, len(text) - 1, _SLICE):
        piece, behind = letters[at : at + _SLICE], letters[at + 1 : at + _SLICE + 1]
        marks = (piece[: len(behind)] & np.uint8(0xDF)) == letter[0]
        total += int(np.count_nonzero(marks & (behind - np.uint8(low[0]) <= high[0] - low[0])))
    return total


def mixed(text: bytes) -> bytes:
    """Where it may hold a code of capitals and small letters."""
    return _parts(text, counts(text, _capitals) >= CAPITALS * BLOCK)


def both_cases(run: bytes) -> bool:
    """May base64 stand in an unbroken run?"""
    if len(run) < BLOCK:
        least = CAPITALS * len(run)
        return all(len(run) - len(run.translate(None, letters)) >= least for letters in _CASES)
    least = CAPITALS * BLOCK
    return bool(((counts(run, _capitals) >= least) & (counts(run, _small) >= least)).any())


def sixteenths(text: bytes) -> bytes:
    """Where it may hold hexadecimal."""
    digits = counts(text, _digits) >= DIGITS * BLOCK
    return _parts(text, digits & (counts(text, a_to_f) >= SIXTEENTHS * BLOCK)) if digits.any() else b""


def small(text: bytes) -> bool:
    """May it hold a code of small letters and digits?"""
    return bool((counts(text, _small) >= SMALL * BLOCK).any())


def escapes(text: bytes, sign: int, behind: bytes, least: int) -> bool:
    """May it hold a code that is written as `least` escapes, which begin with `sign` and one of the signs `behind`?"""
    if count(text, sign) < least:
        return False
    letters = characters(text)
    places = where(text[:-1], sign)
    places = places[_member(behind)[letters[places + 1]]]
    return len(places) >= least and int(np.bincount(places // BLOCK).max()) >= SIGNS * BLOCK


@cache
def _member(letters: bytes) -> NDArray[np.bool_]:
    return np.isin(np.arange(256), characters(letters))


type _Marks = Callable[[NDArray[np.uint8]], NDArray[np.bool_]]


def counts(text: bytes, marked: _Marks) -> NDArray[np.uint64]:
    """How many characters are marked in each block."""
    letters = characters(text)
    if len(text) < BLOCK:  # as if it went on like that
        return np.array([np.count_nonzero(marked(letters)) * BLOCK // max(len(text), 1)], np.uint64)
    whole = len(text) // BLOCK * BLOCK
    found = []
    for at in range(0, whole, _SLICE):
        words = marked(letters[at : min(at + _SLICE, whole)]).view(np.uint64)
        lanes = words.reshape(-1, BLOCK // _LANES).sum(axis=1)
        found.append(lanes.view(np.uint8).reshape(-1, _LANES).sum(axis=1))
    # what is left behind the last whole block is judged with what is before it
    found.append(np.array([np.count_nonzero(marked(letters[-BLOCK:]))], np.uint64))
    return np.concatenate(found)


def _parts(text: bytes, chosen: NDArray[np.bool_]) -> bytes:
    """The blocks chosen, each with its neighbours, in order and as one."""
    wide = chosen.copy()
    for reach in range(1, min(REACH, len(chosen) - 1) + 1):
        wide[reach:] |= chosen[:-reach]
        wide[:-reach] |= chosen[reach:]
    if wide.all():
        return text
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wide, [False]])))
    return b"\n".join(text[begin * BLOCK : end * BLOCK] for begin, end in edges.reshape(-1, 2).tolist())


def _capitals(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return letters - np.uint8(ord("A")) < 26


def _small(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return letters - np.uint8(ord("a")) < 26


def _digits(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return letters - np.uint8(ord("0")) < 10


def a_to_f(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (letters & np.uint8(0xDF)) - np.uint8(ord("A")) < 6
