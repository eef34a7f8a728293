"""Bytes written as lists of numbers: decimal, signed, hex, octal or binary, as words of the machine, or parts of one.

What stands between the numbers says nothing: commas, brackets, white space, quotes, prefixes. All numbers of a list are
read at once, in numpy; an index beside each, as in the rows of a table, is left out by taking each second, third or
fourth. Only where a picture or an archive then begins, or all are bytes, anybody looks further.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.sniff import sniff
from facegate_addons.inspection.text import magics, shares
from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.spelled import Run, judged, narrowed
from facegate_addons.inspection.text.stretches import stretches, table

LEAST = 1_200  # characters of a list: a picture of a face has 700 bytes at least
COLUMNS = 4  # numbers in a row, one of which may be a byte
_BETWEEN = b" \t\r\n,;:|()[]{}<>/\\'\"&#$%=_+-.~!*"
_DECIMAL = table(b"0123456789" + _BETWEEN)
_HEXADECIMAL = table(b"0123456789abcdefABCDEFxXhHuUL" + _BETWEEN)
_VALUE = bytes("0123456789".find(chr(byte)) & 255 for byte in range(256))
_HEX_VALUE = bytes("0123456789abcdef".find(chr(byte).lower()) & 255 for byte in range(256))
_PLACES = 5  # digits of a fraction that are read
_TENTHS = 10.0 ** -np.arange(9, dtype=np.float32)
_LANES = {8: np.uint64(0x00FF00FF00FF00FF), 16: np.uint64(0x0000FFFF0000FFFF), 32: np.uint64(0xFFFFFFFF)}
LETTERS = 64  # of a to f in a hexadecimal list: of a picture's digits two in five are

type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Tokens:
    digits: NDArray[np.uint8]  # of the whole text; 255 is no digit
    begins: NDArray[np.intp]
    lengths: NDArray[np.intp]

    @classmethod
    def of(cls, text: bytes, values: bytes) -> "_Tokens":
        digits = np.frombuffer(b"\xff" + text.translate(values) + b"\xff" * 8, np.uint8)
        is_digit = digits < 16
        edges = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
        return cls(digits, edges[0::2], edges[1::2] - edges[0::2])

    def values(self, base: int, most: int) -> Ints:
        """-1 where a number has more than `most` digits."""
        sums = self._eight(self.begins, np.minimum(self.lengths, 8), base)
        if most > 8 and len(longer := np.flatnonzero(self.lengths > 8)):
            rest = np.minimum(self.lengths[longer], 16) - 8
            more = self._eight(self.begins[longer] + 8, rest, base)
            sums[longer] = sums[longer] * base ** np.minimum(rest, most - 8) + more
        sums[self.lengths > most] = -1
        return sums

    def leading(self, chosen: NDArray[np.intp], most: int) -> NDArray[np.float32]:
        """The first digits of the chosen numbers, behind a point."""
        lengths = np.minimum(self.lengths[chosen], most)
        return self._eight(self.begins[chosen], lengths, 10).astype(np.float32) * _TENTHS[lengths]

    def _eight(self, begins: NDArray[np.intp], lengths: NDArray[np.intp], base: int) -> Ints:
        """Of up to eight digits each, all at once: neighbours are joined in one word, and then the pairs."""
        words = np.ndarray(len(self.digits) - 7, "<u8", self.digits, strides=(1,))[begins]
        words <<= (8 * (8 - lengths)).astype(np.uint64)
        for size in (8, 16, 32):
            words = words * np.uint64(base ** (size // 8)) + (words >> np.uint64(size)) & _LANES[size]
        return words.view(np.int64)


def numbers(text: bytes) -> Iterator[Run]:
    for piece in stretches(text, _DECIMAL, LEAST):
        yield from _decimal(piece)
    for piece in stretches(text, _HEXADECIMAL, LEAST):
        yield from _hexadecimal(piece)


def _decimal(piece: bytes) -> Iterator[Run]:
    tokens = _Tokens.of(piece, _VALUE)
    if len(tokens.lengths) < LEAST // 8:
        return
    yield from _eights(tokens)
    values = tokens.values(10, 10)
    signs = np.frombuffer(b"," + piece, np.uint8)[tokens.begins - 1]
    negative = signs == ord("-")
    yield from _bytes(values)
    if negative.any():
        yield from _bytes(np.where(negative & (values <= 128), -values & 255, values))
    if np.count_nonzero(signs == ord(".")) > LEAST // 8:
        yield from _fractions(tokens, values, negative, signs == ord("."))
    signed = np.where(negative, -values, values)
    for size in (2, 4):
        yield from _words(signed, size)


def _bytes(values: Ints) -> Iterator[Run]:
    fit = (values >= 0) & (values < 256)
    data = np.where(fit, values, 0).astype(np.uint8)
    if len(data) >= LEAST // 8 and np.count_nonzero(fit) > 0.9 * len(fit):
        yield from _listed(data[fit].tobytes())
    for every in range(1, COLUMNS + 1):
        if _has_head(data, every):
            for first in range(every):
                yield from _searched(data[first::every])


def _listed(data: bytes) -> Iterator[Run]:
    """All of a list. What begins in its middle is found with the columns."""
    run = judged(data, "numbers", data)
    if run.opaque or data.isascii() or sniff(data):
        yield run
    if wide := narrowed(data):
        yield Run(wide, "numbers")


def _words(values: Ints, size: int) -> Iterator[Run]:
    low, high = -(1 << 8 * size - 1), 1 << 8 * size
    fit = (values >= low) & (values < high)
    # bytes are no words: most of these have a high byte
    if np.count_nonzero(fit & ((values >= 256) | (values < -256))) < max(LEAST // 16, len(values) // 4):
        return
    words = np.where(fit, values, 0)
    for every in (1, 2):
        for first in range(every):
            for order in "<>":
                column = (words[first::every] & high - 1).astype(f"{order}u{size}")
                yield from _searched(np.frombuffer(column.tobytes(), np.uint8))


def _searched(column: NDArray[np.uint8]) -> Iterator[Run]:
    if _has_head(column, 1) and (at := begins(data := column.tobytes())) >= 0:
        yield Run(data[at:], "numbers", searched=True, guessed=True)


_HEADS_SPELLED = (*magics.HEADS, b"ftyp")
_HEADS = tuple(np.frombuffer(head, np.uint8) for head in _HEADS_SPELLED)
_SHORT = 8 << 10  # numbers under which calling numpy costs more than it saves


def _has_head(data: NDArray[np.uint8], every: int) -> bool:
    """Do the first bytes of something known stand in `data`, each so far from the one before?"""
    if len(data) < _SHORT:
        columns = [data[first::every].tobytes() for first in range(every)]
        return any(head in column for column in columns for head in _HEADS_SPELLED)
    for head in _HEADS:
        length = len(data) - every * (len(head) - 1)
        if length <= 0:
            continue
        found = data[:length] == head[0]
        for place in range(1, len(head)):
            found &= data[place * every :][:length] == head[place]
        if found.any():
            return True
    return False


def _eights(tokens: _Tokens) -> Iterator[Run]:
    """Binary in groups of eight, octal in groups of three."""
    for length, base in ((8, 2), (3, 8)):
        fit = tokens.lengths == length
        if np.count_nonzero(fit) < LEAST // 8:
            continue
        chosen = _Tokens(tokens.digits, tokens.begins[fit], tokens.lengths[fit])
        if all((chosen.digits[chosen.begins + place] < base).all() for place in range(length)):
            values = chosen.values(base, length)
            if (values < 256).all():
                yield Run(values.astype(np.uint8).tobytes(), "numbers")


def _fractions(tokens: _Tokens, values: Ints, negative: NDArray[np.bool_], after: NDArray[np.bool_]) -> Iterator[Run]:
    """Of one, or from minus one to one."""
    small = np.append(values[:-1] <= 1, False) & np.append(after[1:], False)
    if np.count_nonzero(small) < LEAST // 16:
        return
    fractions = np.zeros(len(after), np.float32)
    fractions[after] = tokens.leading(np.flatnonzero(after), _PLACES)
    # a point with nothing before it is a whole of nothing
    reals = (values.astype(np.float32) + np.append(fractions[1:], np.float32(0)))[~after]
    reals = np.where(negative[~after], -reals, reals)
    reals[np.abs(reals) > 1] = 0
    for scaled in (reals * 255, reals * 256, (reals + 1) * 127.5, reals * 128, reals * 127):
        yield from _searched(np.rint(scaled).astype(np.int16).astype(np.uint8))


def _hexadecimal(piece: bytes) -> Iterator[Run]:
    if np.count_nonzero(shares.a_to_f(shares.characters(piece))) < LETTERS:
        return
    tokens = _Tokens.of(piece.replace(b"0x", b"  ").replace(b"0X", b"  ").translate(_NO_PREFIX), _HEX_VALUE)
    for lengths, size in (((1, 2), 1), ((4,), 2), ((8,), 4)):
        fit = (tokens.lengths == lengths[0]) | (tokens.lengths == lengths[-1])
        if np.count_nonzero(fit) < max(LEAST // (8 * size), 16):
            continue
        values = _Tokens(tokens.digits, tokens.begins[fit], tokens.lengths[fit]).values(16, 2 * size)
        if size == 1:
            if tokens.lengths.max() == 1 or (piece.isascii() and not (tokens.lengths[fit] == 2).mean() > 0.5):
                continue
            data = values.astype(np.uint8).tobytes()
            yield judged(data, "numbers", data) if fit.mean() > 0.9 else Run(data, "numbers", searched=True)
            continue
        for order in "<>":
            yield from _searched(np.frombuffer(values.astype(f"{order}u{size}").tobytes(), np.uint8))


# the letters that say "hex" part numbers
_NO_PREFIX = bytes(ord(" ") if byte in b"xXhHuUL" else byte for byte in range(256))
