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


def reals(code: bytes) -> Iterator[Run]:
    letters = np.frombuffer(code, np.uint8)
    is_digit = letters - np.uint8(48) < 10
    signed = is_digit[2:] | (letters[2:] == ord("-")) | (letters[2:] == ord("+"))
    exponents = np.count_nonzero(is_digit[:-2] & (letters[1:-1] | 0x20 == ord("e")) & signed)
    if exponents < LEAST // 16:
        return
    words = _REAL.findall(code)[:_MOST]
    if exponents < len(words) // (2 * _ROW):
        return
    values = np.array([_value(word) for word in words])
    for data in _spelled(values):
        yield Run(data, "reals", searched=True, guessed=True)


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
