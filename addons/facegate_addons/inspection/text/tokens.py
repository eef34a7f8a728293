"""Bytes written as numbers with anything between them: keys, tags, casts, calls, instructions, other numbers.

All numbers of a text are read at once, whatever parts them. A byte is one number of each record, or each number that
stands behind the same characters. What they spell together is only searched; a long column of random bytes is opaque.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.sequences import (
    HEADS,
    LEAST,
    Numbers,
    Triples,
    beginning,
    found,
    found_near,
    unexplained,
)
from facegate_addons.inspection.text.spelled import Run

SHORTEST = 900  # characters
_SLICE = 32 << 20  # characters read at once
_PART = 1 << 17  # characters compared at once, which the cache of a core holds
_CONTEXTS = (1, 2, 5)  # characters before a number by which it is told from others
_ROWS = 16
_RECORD = 6  # words in a record
_TRIED = 8  # beginnings of a kind
_KINDS = 4  # of them that are tried


@dataclass(frozen=True, slots=True)
class Tokens:
    """Runs of decimal digits in `text`, which begins and ends with something else."""

    text: NDArray[np.uint8]
    begins: NDArray[np.intp]
    ends: NDArray[np.intp]

    @property
    def lengths(self) -> NDArray[np.intp]:
        return self.ends - self.begins

    def values(self, base: int, most: int) -> NDArray[np.uint64]:
        """Of the last digits of each."""
        lengths = self.lengths
        sums = (self.text[self.ends - 1] - 48).astype(np.uint64)
        for place in range(1, most):
            longer = np.flatnonzero(lengths > place)
            if not len(longer):
                break
            digits = (self.text[self.ends[longer] - 1 - place] - 48).astype(np.uint64)
            sums[longer] += digits * np.uint64(base**place)
        return sums

    def small(self, base: int, most: int) -> Numbers:
        values = self.values(base, most).astype(np.int16)
        values[(self.lengths > most) | (values > 255)] = -1
        return values

    def before(self, at: NDArray[np.intp], length: int) -> NDArray[np.uint64]:
        """The characters before these places, as a number."""
        words = np.ndarray(len(self.text) - 7, "<u8", self.text, strides=(1,))
        found: NDArray[np.uint64] = words[at - 8] >> np.uint64(8 * (8 - length))
        return found


def tokens(text: bytes) -> Iterator[Run]:
    if len(text) < SHORTEST:
        return
    seen: set[int] = set()
    for at in range(0, len(text), _SLICE):
        piece = np.frombuffer(b"        " + text[at : at + _SLICE] + b"   ", np.uint8)
        for run in _runs(piece):
            if run.opaque or hash(run.data) not in seen:
                seen.add(hash(run.data))
                yield run


def _runs(text: NDArray[np.uint8]) -> Iterator[Run]:
    parts = [text[at : at + _PART + 1] - np.uint8(48) < 10 for at in range(0, len(text), _PART)]
    if sum(int(np.count_nonzero(is_digit[:_PART])) for is_digit in parts) < LEAST:
        return
    edges = np.concatenate(
        [(part[1:] != part[:-1]).nonzero()[0] + (number * _PART + 1) for number, part in enumerate(parts)]
    )
    every = Tokens(text, edges[0::2], edges[1::2])
    if len(every.begins) < LEAST // 8:
        return
    values = every.small(10, 3)
    yield from (Run(data, "numbers", searched=True, guessed=True) for data in _read(every, values))
    yield from (Run(data, "numbers", opaque=True) for data in unexplained(_undotted(every, values)))


def _read(every: Tokens, values: Numbers) -> Iterator[bytes]:
    if len(every.begins) >= LEAST:
        yield from columns(every, values)
        negative = every.text[every.begins - 1] == ord("-")
        if np.count_nonzero(negative) >= LEAST // 4:
            yield from columns(every, np.where(negative & (values >= 0), -values & 255, values).astype(np.int16))
        if _are_octal(every):
            yield from columns(every, every.small(8, 4))
        if np.count_nonzero(every.lengths == 8) >= LEAST:
            digits = every.values(2, 8)
            fit = (every.lengths == 8) & (every.values(16, 8) & np.uint64(0xEEEEEEEE) == 0)  # of ones and zeros
            yield from columns(every, np.where(fit, digits.astype(np.int16), -1).astype(np.int16))
    yield from _words(every)


def columns(every: Tokens, values: Numbers) -> Iterator[bytes]:
    """What is known and begins in a column of records, in lines, or behind the same characters."""
    if (near := beginning(values, evenly=False)).size:  # else they begin evenly nowhere, either
        yield from found_near(values, near)
        for which in inner(every):
            yield from found(values[which])
        yield from _told(every, values, near)


def inner(every: Tokens) -> Iterator[NDArray[np.bool_]]:
    """All but the number of each line, and its sum."""
    ends = np.flatnonzero(every.text == 10)
    if len(ends) < _ROWS or not 3 * len(ends) <= len(every.begins) <= 200 * len(ends):
        return
    first = np.zeros(len(every.begins) + 1, np.bool_)
    first[np.searchsorted(every.begins, ends)] = True
    first = first[:-1]
    yield ~first
    yield ~(first | np.append(first[1:], True))


def _told(every: Tokens, values: Numbers, near: Triples) -> Iterator[bytes]:
    """Each number that stands behind the same characters as those that a magic may begin with."""
    for length in _CONTEXTS:
        kinds = [every.before(every.begins[place], length) for place in near]
        alike = (kinds[0] == kinds[1]) & (kinds[1] == kinds[2])
        if not alike.any():
            continue
        before = every.before(every.begins, length)
        for kind in np.unique(kinds[0][alike])[:_KINDS]:
            yield from found(values[before == kind])


def _are_octal(some: Tokens) -> bool:
    every = max(len(some.begins) // 1_000, 1)
    ends, lengths = some.ends[::every], some.lengths[::every]
    last, before = some.text[ends - 1] < ord("8"), (some.text[ends - 2] < ord("8")) | (lengths < 2)
    return float((last & before).mean()) > 0.85


def _words(every: Tokens) -> Iterator[bytes]:
    counts = np.bincount(np.minimum(every.lengths, 21), minlength=22)
    values = None
    for size in (2, 3, 4, 6, 8):
        longest = len(str(256**size))
        if counts[longest - 1] + counts[longest] < max(0.8 * LEAST // size, len(every.begins) // 8):
            continue
        if values is None:
            values = every.values(10, 20)
            values = np.where(every.text[every.begins - 1] == ord("-"), ~values + np.uint64(1), values)
        yield from words(every, values, size)


def words(every: Tokens, values: NDArray[np.uint64], size: int) -> Iterator[bytes]:
    """Words of the machine, their highest byte first or last."""
    for order in ">", "<":
        if not _starts(values, size, order):
            continue
        for some in (values, *(values[which] for which in inner(every))):
            for start, record in _starts(some, size, order):
                octets = some[max(start - record, start % record) :: record].astype(f"{order}u8")
                rows = octets.view(np.uint8).reshape(-1, 8)
                data = (rows[:, 8 - size :] if order == ">" else rows[:, :size]).tobytes()
                if (at := begins(data)) >= 0:
                    yield data[at:]


def _starts(values: NDArray[np.uint64], size: int, order: str) -> list[tuple[int, int]]:
    """Words that begin as something known does, and of how many a record may be."""
    starts: dict[tuple[int, int], int] = {}
    low = values & np.uint64(256**size - 1)
    padded = np.concatenate([low, np.zeros(_RECORD, np.uint64)])
    for head in HEADS:
        at = 4 if head == b"ftyp" and size > 4 else 0  # its box has a size before
        part = head[: size - at]
        places = np.flatnonzero(_has(low, part, size, at, order))
        for record in range(1, _RECORD + 1):
            # what is next in the magic has to be next in the record
            rest = head[size - at :][:size]
            fit = places[_has(padded[places + record], rest, size, 0, order)] if rest else places
            for start in fit[:_TRIED].tolist():
                starts.setdefault((start % record, record), start)
    return [(start, record) for (_, record), start in starts.items()]


def _has(low: NDArray[np.uint64], part: bytes, size: int, at: int, order: str) -> NDArray[np.bool_]:
    """Do words have these bytes there?"""
    shift = np.uint64(8 * (size - len(part) - at if order == ">" else at))
    wanted = int.from_bytes(part, "big" if order == ">" else "little")
    found: NDArray[np.bool_] = low >> shift & np.uint64(256 ** len(part) - 1) == wanted
    return found


def _undotted(every: Tokens, values: Numbers) -> Numbers:
    """Addresses have one random number in four, and versions and fractions are none."""
    dotted = (every.text[every.begins - 1] == ord(".")) | (every.text[every.ends] == ord("."))
    return np.where(dotted, np.int16(-1), values)
