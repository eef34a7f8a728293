"""Is this the writing of a language, or an alphabet made up to carry bytes? Judged by how its characters are used.

Languages use few of their letters much and most of them seldom, and break them with spaces, line ends and punctuation.
Compressed bytes written one a character (as Chinese, braille, emoji, high bytes of a legacy charset) use all alike, and
never say a thing twice, as the rows of a list do.
ASCII is left out: its codes are runs, which text.py decodes or judges.
"""

import math
import re
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# characters beyond ASCII that are judged together; fewer than the second are not judged. Chinese needs a thousand
# before its characters repeat, and 1,024 bytes are about the smallest picture of a face (see text.RUN)
WINDOW = 4_096
LEAST = 1_024
# different characters in a window under which it is no alphabet for bytes: German or French have a dozen beyond ASCII
ALPHABET = 24
# share of the alphabet that a text effectively uses (see evenness) from which it is no language
EVEN = 0.6
# compressed size, as a share of what independent characters need, under which a window repeats itself
REPEATS = 0.7
_SLICE = 1 << 20  # characters turned into numbers at once: 4 MB of them
# white space and punctuation end a run: general punctuation, CJK symbols, full-width forms, Thai, Arabic, Indic signs
_RUN = re.compile(
    r"[^\x00-\x7f\s\u060c\u061b\u061f\u06d4\u0964\u0965\u0e2f\u0e5a\u0e5b\u2000-\u206f\u3000-\u303f"
    r"\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)


def made_up(text: str) -> bool:
    """Does a stretch of `text` look like bytes in other characters?"""
    if text.isascii():
        return False
    return any(run.end() - run.start() >= WINDOW for run in _RUN.finditer(text)) or any(
        len(counts := _counts(window)) >= ALPHABET and evenness(counts) >= EVEN and not _repeats(window)
        for window in _windows(text)
    )


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
    letters, places = np.unique(window, return_inverse=True)
    squeezed = zlib.compress(places.astype(np.uint8 if len(letters) <= 256 else np.uint16).tobytes(), 1)
    return len(squeezed) * 8 < REPEATS * len(window) * math.log2(len(letters))


def _windows(text: str) -> Iterator[NDArray[np.uint32]]:
    """The characters beyond ASCII in pieces of WINDOW; the last reaches back into the one before."""
    kept = np.empty(0, np.uint32)
    fresh = 0  # of `kept`, not judged yet
    for at in range(0, len(text), _SLICE):
        points = np.frombuffer(text[at : at + _SLICE].encode("utf-32-le", "surrogatepass"), np.uint32)
        points = points[points > 0x7F]
        kept, fresh = np.concatenate([kept, points]), fresh + len(points)
        while fresh >= WINDOW:
            start = len(kept) - fresh
            yield kept[start : start + WINDOW]
            fresh -= WINDOW
        kept = kept[-(fresh + WINDOW) :]
    if fresh and len(kept) >= LEAST:
        yield kept[-WINDOW:]
