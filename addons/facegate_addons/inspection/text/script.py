"""Is this the writing of a language, or an alphabet made up to carry bytes? Judged by how its characters are used.

Languages use few of their letters much and most of them seldom, and break them with spaces, line ends and punctuation.
Compressed bytes written one a character (as Chinese, braille, emoji, high bytes of a legacy charset) use all alike, and
never say a thing twice, as the rows of a list do.
ASCII is left out: its codes are runs, which text.py decodes or judges. So are tables, in which each character follows
from the one before, and lists of characters with their names.
"""

import math
import re
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.stretches import table

# characters beyond ASCII that are judged together; fewer than the second are not judged. Chinese needs a thousand
# before its characters repeat, and 1,024 bytes are about the smallest picture of a face (see text.RUN)
WINDOW = 4_096
LEAST = 1_024
# different characters in a window under which it is no alphabet for bytes: German or French have a dozen beyond ASCII
ALPHABET = 24
# share of the alphabet that a text effectively uses (see evenness) from which it is no language
EVEN = 0.6
# the same of an alphabet that may be a language's: lists of words use their letters up to 0.64 alike, bytes 0.9
LETTERS, EVEN_LETTERS = 48, 0.72
# compressed size, as a share of what independent characters need, under which a window repeats itself
REPEATS = 0.7
# share of different characters in a full window from which it lists them: bytes in an alphabet of 65,536 repeat 3 %
ONCE = 0.985
# the like of REPEATS, of the steps from each character to the next, under which their order is an alphabet's own
ORDERED = 0.85
# compressed bytes of the ASCII beside each character from which it is a list of names, or markup with much to say
NAMED = 2.0
_SLICE = 1 << 20  # characters turned into numbers at once: 4 MB of them
# white space and punctuation end a run: general punctuation, CJK symbols, full-width forms, Thai, Arabic, Indic signs
_RUN = re.compile(
    r"[^\x00-\x7f\s\u060c\u061b\u061f\u06d4\u0964\u0965\u0e2f\u0e5a\u0e5b\u2000-\u206f\u3000-\u303f"
    r"\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)


_BEYOND = table(bytes(range(128, 256)))


def in_made_up_letters(data: bytes) -> bool:
    """Does a stretch of UTF-8 look like bytes in other characters?"""
    # each takes two bytes at least, so that most text need not be decoded
    if data.isascii() or np.count_nonzero(shares.characters(data) > 0x7F) < 2 * LEAST:
        return False
    return made_up(data.decode("utf-8", "ignore"))


def made_up(text: str) -> bool:
    """The same of characters."""
    if text.isascii():
        return False
    return _unbroken(text) or any(
        len(counts := _counts(window)) >= ALPHABET
        and evenness(counts) >= (EVEN_LETTERS if len(counts) <= LETTERS else EVEN)
        and not (_is_table(window, counts) or _repeats(window) or len(zlib.compress(around, 1)) > NAMED * len(window))
        for window, around in _windows(text)
    )


def _unbroken(text: str) -> bool:
    """Does a run of them never end?"""
    beyond = text.encode("utf-8", "surrogatepass").translate(_BEYOND)
    return b"A" * (2 * WINDOW) in beyond and any(run.end() - run.start() >= WINDOW for run in _RUN.finditer(text))


def evenness(counts: NDArray[np.int64]) -> float:
    """How many characters would yield as few repetitions if used alike, over how many there are: 1 is all alike.

    The first is the inverse of the index of coincidence (Friedman, 1922): n (n - 1) / sum of c (c - 1).
    """
    n = int(counts.sum())
    return n * (n - 1) / max(int((counts * (counts - 1)).sum()), 1) / len(counts)


def _counts(window: NDArray[np.uint32]) -> NDArray[np.int64]:
    """How often each character stands there. Sorting once is 1.7 times as fast as np.unique."""
    ordered = np.sort(window)
    ends = np.flatnonzero(ordered[1:] != ordered[:-1])
    return np.diff(np.concatenate([[-1], ends, [len(ordered) - 1]]))


def _repeats(window: NDArray[np.uint32]) -> bool:
    return _size(window) < REPEATS * len(window) * math.log2(len(np.unique(window)))


def _is_table(window: NDArray[np.uint32], counts: NDArray[np.int64]) -> bool:
    """Each character once, which drawing so many does not yield, or in an order that says which comes next."""
    if len(counts) >= ONCE * WINDOW:
        return True
    steps = window[1:] - window[:-1]
    return _size(steps) < ORDERED * len(window) * math.log2(len(counts))


def _size(window: NDArray[np.uint32]) -> int:
    """Bits, compressed."""
    letters, places = np.unique(window, return_inverse=True)
    return 8 * len(zlib.compress(places.astype(np.uint8 if len(letters) <= 256 else np.uint16).tobytes(), 1))


def _windows(text: str) -> Iterator[tuple[NDArray[np.uint32], bytes]]:
    """The characters beyond ASCII in pieces of WINDOW, with the ASCII among them; the last reaches back into the one
    before."""
    kept, at = np.empty(0, np.uint32), 0  # of the text, and where in it the window begins
    before = kept
    for start in range(0, len(text), _SLICE):
        points = np.frombuffer(text[start : start + _SLICE].encode("utf-32-le", "surrogatepass"), np.uint32)
        kept, at = np.concatenate([kept[at:], points]), 0
        places = np.flatnonzero(kept > 0x7F)
        for first in range(0, len(places) - WINDOW + 1, WINDOW):
            end = int(places[first + WINDOW - 1]) + 1
            before, at = kept[at:end], end
            yield _parted(before)
    rest = np.concatenate([before, kept[at:]])
    places = np.flatnonzero(rest > 0x7F)
    if np.count_nonzero(kept[at:] > 0x7F) and len(places) >= LEAST:
        yield _parted(rest[places[-WINDOW:][0] :])


def _parted(points: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], bytes]:
    beyond = points > 0x7F
    return points[beyond], points[~beyond].astype(np.uint8).tobytes()
