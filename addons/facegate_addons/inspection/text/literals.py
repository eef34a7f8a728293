"""A code in very short pieces: a character or a few in each literal of a script, string of JSON, cell or tag.

Between the pieces stand letters that belong to no code, so what counts is between quotes, or between tags. It is put
together in order; names of members stand for themselves. Only a picture that begins so counts.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import magics, shares
from facegate_addons.inspection.text.spelled import Run, unpadded
from facegate_addons.inspection.text.stretches import LETTERS

SHORT = 39  # characters of a piece: longer ones are read as lines
TOTAL = 800  # of all together: the smallest JPEG of a face
HEADS = 8  # beginnings that are tried of each kind
BLOCK = 4 << 10  # bytes judged together
# pieces there, and how many have a capital or a digit in the middle: of base64 57 %, half of it where names are between
MANY, SHARE = 12, 0.2
# of the shortest pieces, those that begin so: of 800 characters of base64 109, of 1,600 of hexadecimal 330
CAPITALS, DIGITS = 75, 250
_SLICE = 1 << 17  # bytes compared at once, which the cache of a core holds
_HEADS = (*magics.PICTURES_IN_BASE64, b"\\/9j")
_OPENINGS = (b'"', b"'", b"`", b">")
_BOUNDS = ((b'"', b'"'), (b"'", b"'"), (b"`", b"`"), (b">", b"<"))
_IN_CODE = np.isin(np.arange(256), np.frombuffer(LETTERS + b"+/-_=\\", np.uint8))
_MARKED = np.isin(np.arange(256), np.frombuffer(LETTERS[:26] + LETTERS[52:], np.uint8))
_NOISE = bytes(byte for byte in range(256) if byte not in LETTERS + b"+/-_")
_NOT_HEX = bytes(byte for byte in range(256) if byte not in b"0123456789abcdefABCDEF")

type Places = NDArray[np.intp]


def literals(text: bytes) -> Iterator[Run]:
    if len(text) < TOTAL:
        return
    headed = _headed(text)
    for opening, closing in _BOUNDS:
        if opening in text and (opening in headed or _in_shortest(text, opening[0], closing[0])):
            begins, ends = pieces(text, opening[0], closing[0])
            if dense(text, begins, ends):
                for joined in _joined(text, begins, ends, quoted=opening == closing):
                    yield from _read(joined)


def _headed(text: bytes) -> set[bytes]:
    """What stands before a piece that is long enough to begin as a picture."""
    return {
        text[at - 1 : at]
        for head in _HEADS
        for at in islice(shares.places(text, head), HEADS)
        if at and text[at - 1 : at] in _OPENINGS
    }


def _in_shortest(text: bytes, opening: int, closing: int) -> bool:
    """Do pieces of one to three characters, which need not begin as anything, stand near each other?"""
    letters = shares.characters(text)
    before = (0, 0)
    for at in range(0, len(text), _SLICE):
        part = letters[at : at + _SLICE + 4]
        if len(part) < 5:
            break
        found = (part[2:-2] == closing) | (part[3:-1] == closing) | (part[4:] == closing)
        found &= part[:-4] == opening
        counts = (0, 0)
        if np.count_nonzero(found) >= CAPITALS // 2:
            capitals, digits = (
                part[1:-3] - np.uint8(first) < count for first, count in ((ord("A"), 26), (ord("0"), 10))
            )
            counts = int(np.count_nonzero(found & capitals)), int(np.count_nonzero(found & digits))
        if before[0] + counts[0] >= CAPITALS or before[1] + counts[1] >= DIGITS:
            return True
        before = counts
    return False


def pieces(text: bytes, opening: int, closing: int, longest: int = SHORT) -> tuple[Places, Places]:
    """Where short pieces begin and end that may be all of a code."""
    begins = shares.where(text, opening) + 1
    if opening == closing:
        begins, ends = begins[:-1], begins[1:] - 1
    else:
        every = shares.where(text, closing)
        at = np.searchsorted(every, begins)
        begins, at = begins[at < len(every)], at[at < len(every)]
        ends = every[at]
    lengths = ends - begins
    fit = (lengths > 0) & (lengths <= longest)
    begins, ends = begins[fit], ends[fit]
    letters = shares.characters(text)
    fit = _IN_CODE[letters[begins]] & _IN_CODE[letters[ends - 1]] & _IN_CODE[letters[(begins + ends) // 2]]
    return begins[fit], ends[fit]


def dense(text: bytes, begins: Places, ends: Places, many: int = MANY) -> bool:
    """Are there so many near each other, with capitals and digits as a code has them?"""
    if int((ends - begins).sum()) < TOTAL:
        return False
    blocks = begins // BLOCK
    counts = np.bincount(blocks)
    marked = np.bincount(blocks[_MARKED[shares.characters(text)[(begins + ends) // 2]]], minlength=len(counts))
    return bool(((counts >= many) & (marked >= SHARE * counts)).any())


def _joined(text: bytes, begins: Places, ends: Places, *, quoted: bool) -> Iterator[bytes]:
    """All of them, and apart from one another the names and the values of members."""
    yield _put(text, begins, ends)
    if quoted:
        letters = np.concatenate([shares.characters(text), np.zeros(3, np.uint8)])
        behind, further = letters[ends + 1], letters[ends + 2]
        names = (behind == ord(":")) | ((behind == ord(" ")) & (further == ord(":")))
        if names.any():
            yield _put(text, begins[names], ends[names])
            yield _put(text, begins[~names], ends[~names])


def _put(text: bytes, begins: Places, ends: Places) -> bytes:
    """These pieces of it, one behind another."""
    edges = np.zeros(len(text) + 1, np.int8)
    edges[begins] += 1
    edges[ends] -= 1
    return shares.characters(text)[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)].tobytes()


def _read(joined: bytes) -> Iterator[Run]:
    letters = joined.translate(None, _NOISE)
    for head in magics.PICTURES_IN_BASE64:
        for at in islice(shares.places(letters, head), HEADS):
            whole = letters[at:].replace(b"-", b"+").replace(b"_", b"/")
            if len(whole) >= TOTAL:
                yield Run(unpadded(whole), "literals", searched=True, guessed=True)
    digits = joined.translate(None, _NOT_HEX).lower()
    for head in magics.IN_HEX:
        for at in islice(shares.places(digits, head), HEADS):
            whole = digits[max(at - 8, 0) :]
            if len(whole) >= TOTAL:
                yield Run(bytes.fromhex(whole[: len(whole) & ~1].decode()), "literals", searched=True, guessed=True)
