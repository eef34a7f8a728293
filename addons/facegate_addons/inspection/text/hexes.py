"""Bytes written as pairs of hex digits with anything between them, and words of the machine in more digits.

A pair is two hex digits that stand alone, whatever marks them: 0xff, (byte)0xff, 0ffh, 8'hff, 16rFF, $ff, <b>ff</b>.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.sequences import LEAST
from facegate_addons.inspection.text.spelled import Run
from facegate_addons.inspection.text.tokens import SHORTEST, Tokens, columns, words

_NIBBLE = bytes("0123456789abcdef".find(chr(byte).lower()) & 255 for byte in range(256))
_VALUES = np.frombuffer(_NIBBLE, np.uint8)
_SLICE = 32 << 20  # characters read at once
_PART = 1 << 17  # characters compared at once, which the cache of a core holds
_SIZES = (2, 3, 4, 6, 8)  # bytes of a word
DIGITS = 0.3  # share of digits in pairs, under which they are words: of random bytes 62 %


def pairs(text: bytes) -> Iterator[Run]:
    if len(text) < SHORTEST:
        return
    if shares.times(text, b"%u00") >= LEAST:
        text = text.replace(b"%u00", b"%u..")
    for at in range(0, len(text), _SLICE):
        for data in _pairs(b"        " + text[at : at + _SLICE] + b"   "):
            yield Run(data, "hex", searched=True, guessed=True)


def _pairs(text: bytes) -> Iterator[bytes]:
    letters = np.frombuffer(text, np.uint8)
    parts = range(0, len(text) - 3, _PART)
    alone = [_alone(letters[begin : begin + _PART + 3]) for begin in parts]
    at = np.empty(0, np.intp)
    if sum(map(np.count_nonzero, alone)) >= LEAST:  # where they stand takes longer than how many there are
        at = np.concatenate([part.nonzero()[0] + (begin + 1) for begin, part in zip(parts, alone, strict=True)])
    if len(at) >= LEAST and np.count_nonzero(_VALUES[letters[at]] < 10) >= DIGITS * len(at):
        yield from _columns(Tokens(letters, at, at + 2))
    if shares.times(text, b"0x") >= LEAST:  # with digits that are not written
        after = np.flatnonzero((letters[:-3] == 48) & (letters[1:-2] == ord("x"))) + 2
        first, second, third = (_VALUES[letters[after + place]] < 16 for place in range(3))
        after, two = after[fit := first & ~(second & third)], second[fit]
        yield from _columns(Tokens(letters, after, after + 1 + two))


def _alone(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Does a pair begin behind each character: two digits that no digit is before or behind?"""
    is_hex = _is_hex(letters)
    alone: NDArray[np.bool_] = is_hex[1:-2] & is_hex[2:-1]
    alone &= ~is_hex[3:]
    before = ~is_hex[:-3]
    before |= letters[3:] | 0x20 == ord("h")  # assemblers want a digit before: 0ffh
    alone &= before
    return alone


def _is_hex(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (letters - np.uint8(ord("0")) < 10) | ((letters | np.uint8(0x20)) - np.uint8(ord("a")) < 6)


def _columns(every: Tokens) -> Iterator[bytes]:
    high = np.where(every.lengths == 2, _VALUES[every.text[every.begins]] << 4, 0)
    yield from columns(every, (high | _VALUES[every.text[every.ends - 1]]).astype(np.int16))


def wide(code: bytes) -> Iterator[Run]:
    """Words, in text that is dense with digits."""
    if len(code) < min(LEAST // size * 2 * size for size in _SIZES):
        return
    text = b"        " + code + b"   "
    letters = np.frombuffer(text, np.uint8)
    parts = []
    for at in range(0, len(text), _PART):
        is_hex = _is_hex(letters[at : at + _PART + 1])
        parts.append(np.flatnonzero(is_hex[1:] != is_hex[:-1]) + (at + 1))
    edges = np.concatenate(parts)
    begins, lengths = edges[0::2], edges[1::2] - edges[0::2]
    for size in _SIZES:
        fit = begins[lengths == 2 * size]
        if len(fit) < LEAST // size:
            continue
        values = np.zeros(len(fit), np.uint64)
        for place in range(2 * size):
            values = values << np.uint64(4) | _VALUES[letters[fit + place]]
        every = Tokens(letters, fit, fit + 2 * size)
        for data in words(every, values, size):
            yield Run(data, "hex", searched=True, guessed=True)
