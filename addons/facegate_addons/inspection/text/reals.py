"""Bytes written as real numbers: a byte each in scientific notation, or the bits of a double as its value."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.sequences import LEAST, found
from facegate_addons.inspection.text.spelled import Run

_REAL = re.compile(rb"[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|\binf|\bnan)")
_ROW = 4  # numbers, one of which may be a picture's
_MOST = 4 << 20  # numbers
_SLICE = 1 << 17  # characters compared at once, which the cache of a core holds


def reals(code: bytes) -> Iterator[Run]:
    exponents, least = _counts(code)
    # there are no fewer words than `least`, so that the same said of them all would end here, too
    if exponents < LEAST // 16 or exponents < min(least, _MOST) // (2 * _ROW):
        return
    words = _REAL.findall(code)[:_MOST]
    if exponents < len(words) // (2 * _ROW):
        return
    values = np.array([_value(word) for word in words])
    for data in _spelled(values):
        yield Run(data, "reals", searched=True, guessed=True)


def _counts(code: bytes) -> tuple[int, int]:
    """How many exponents stand behind a digit, and how many numbers there are at least."""
    letters = np.frombuffer(b" " + code + b"  ", np.uint8)
    exponents = least = 0
    for at in range(0, len(code), _SLICE):
        some = letters[at : at + _SLICE + 3]
        is_digit = some - np.uint8(48) < 10
        places = np.flatnonzero(some[2:-1] | 0x20 == ord("e"))
        behind, after = some[places + 1], some[places + 3]
        follows = (after - np.uint8(48) < 10) | (after == ord("-")) | (after == ord("+"))
        numbered = behind - np.uint8(48) < 10
        exponents += int(np.count_nonzero(numbered & follows))
        # each run of digits and points begins a word, but for those that are exponents
        least += int(np.count_nonzero(is_digit[1:-2] & ~is_digit[:-3] & (some[:-3] != ord("."))))
        least -= int(np.count_nonzero((numbered | (behind == ord("."))) & follows))
    return exponents, least


def _value(word: bytes) -> float:
    try:
        return float(word)
    except ValueError:
        return -1.0


def _spelled(values: NDArray[np.float64]) -> Iterator[bytes]:
    with np.errstate(all="ignore"):
        is_byte = (values >= 0) & (values < 256) & (values == np.rint(values))
        yield from found(np.where(is_byte, values, -1).astype(np.int16))
        for every in range(1, _ROW + 1):
            for first in range(every):
                column = values[first::every]
                for kind in ("<f8", ">f8", "<f4", ">f4"):
                    data = column.astype(kind).tobytes()
                    if (at := begins(data)) >= 0:
                        yield data[at:]
