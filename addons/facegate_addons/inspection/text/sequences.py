"""Where in a sequence of numbers a picture or what may hold one begins: at any stride, as the column of a table.

What stood between the numbers is no matter. Only the few places that have a magic's first value are looked at further.
"""

import re
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import magics
from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.spelled import entropy

LEAST = 700  # bytes of the smallest picture of a face
STRIDES = 12  # numbers in a record, one of which is a byte
ALPHABET = 128  # different bytes in the smallest
WINDOW = 4_000  # bytes judged together
ENTROPY = 7.85  # bits a byte of a window from which it is nothing but compressed or encrypted
HEADS = (
    *magics.HEADS,
    b"ftyp",
    b"8BPS",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"\x28\xb5\x2f\xfd",
    b"\x1a\x45\xdf\xa3",
    b"\x0cJXL",
    b"\x0cjP ",
)
_PROBE = 64
_BEFORE = 4  # bytes before the box type of a file that begins with one

_PART, _FEW = 1 << 16, 1 << 13
_STEPS = np.arange(1, STRIDES + 1)
_OPENS = bytes(any(head[0] == byte for head in HEADS) for byte in range(256))
_THIRD = np.full((256, 256), -1, np.int16)  # of a magic that begins with these two
for _head in HEADS:
    _THIRD[_head[0], _head[1]] = _head[2]
# its fourth, by its first: a JPEG's marker, gzip's flags, the size of bzip2's blocks, or the one there is
_FOURTH = np.zeros((2, 256), np.uint8)
for _head in HEADS:
    _FOURTH[:, _head[0]] = (_head[3], _head[3]) if len(_head) > 3 else (0, 255)
_FOURTH[:, 0xFF], _FOURTH[:, 0x1F], _FOURTH[:, ord("B")] = (0xC0, 0xFE), (0, 0x1F), (ord("1"), ord("9"))
_FOURTH[:, 12] = 0, 255  # two begin so

type Numbers = NDArray[np.int16]  # -1 where no byte can be
type Triples = NDArray[np.intp]


def found(values: Numbers) -> Iterator[bytes]:
    """Every column in which something known begins, from there on."""
    yield from _columns(values, beginning(values))


def found_near(values: Numbers, near: Triples) -> Iterator[bytes]:
    """The same, where it is known what begins in any steps: what begins in one is among it."""
    yield from _columns(values, _evenly(values, near))


def _columns(values: Numbers, triples: Triples) -> Iterator[bytes]:
    first, second, _ = triples
    seen = set()
    for start, every in zip(first.tolist(), (second - first).tolist(), strict=True):
        if (every, start % every) not in seen:  # what begins later is in the first as well
            seen.add((every, start % every))
            if data := begun(values[max(start - _BEFORE * every, start % every) :: every]):
                yield data


def begun(column: Numbers) -> bytes:
    data = column[(column >= 0) & (column < 256)].astype(np.uint8).tobytes()
    at = begins(data) if len(data) >= LEAST else -1
    return data[at:] if at >= 0 else b""


def beginning(values: Numbers, *, evenly: bool = True) -> Triples:
    """Where the first three values of a magic stand near each other, in one step or in any two."""
    none = np.empty((3, 0), np.intp)
    if len(values) < LEAST:
        return none
    octets = values.astype(np.uint8) * (values.view(np.uint16) < 256)
    if not _varied(octets):
        return none
    octets = np.concatenate([octets, np.zeros(3 * STRIDES, np.uint8)])
    some = [none]
    candidates = np.flatnonzero(np.frombuffer(octets.tobytes().translate(_OPENS), np.bool_))
    for part in range(0, len(candidates), _PART):
        at = candidates[part : part + _PART]
        row, step = np.nonzero(_THIRD[octets[at][:, None], octets[at[:, None] + _STEPS]] >= 0)
        first, second = at[row], at[row] + step + 1
        wanted = _THIRD[octets[first], octets[second]]
        if evenly:
            third = 2 * second - first
            fourth = octets[third + second - first]
            least, most = _FOURTH[:, octets[first]]
            fit = (octets[third] == wanted) & (fourth >= least) & (fourth <= most)
            some.append(np.stack([first[fit], second[fit], third[fit]]))
        else:
            row, step = np.nonzero(octets[second[:, None] + _STEPS] == wanted[:, None])
            some.append(np.stack([first[row], second[row], second[row] + step + 1]))
    return np.concatenate(some, axis=1)


def _varied(octets: NDArray[np.uint8]) -> bool:
    """Are so many of them different?"""
    used = np.zeros(256, np.bool_)
    for at in range(0, len(octets), _FEW):
        used[octets[at : at + _FEW]] = True
        if np.count_nonzero(used) >= ALPHABET:
            return True
    return False


def _evenly(values: Numbers, near: Triples) -> Triples:
    first, second, third = near[:, near[2] - near[1] == near[1] - near[0]]
    after = 2 * third - second
    fourth = np.zeros(len(after), np.int16)
    there = after < len(values)
    fourth[there] = values[after[there]]
    fourth[(fourth < 0) | (fourth > 255)] = 0
    least, most = _FOURTH[:, values[first]]
    fit = (fourth >= least) & (fourth <= most)
    return np.stack([first[fit], second[fit], third[fit]])


def unexplained(values: Numbers) -> Iterator[bytes]:
    """A column that is random bytes for long, from a magic before it on, so that it may be named yet."""
    if np.count_nonzero((values >= 128) & (values < 256)) < 0.45 * WINDOW:
        return
    for every in range(1, STRIDES + 1):
        rows = values[: len(values) // every * every].reshape(-1, every)
        for start in range(0, len(rows) - WINDOW + 1, WINDOW // 2):
            # a few numbers tell most columns that are none
            probe = rows[start + WINDOW // 2 :][:_PROBE]
            high = np.count_nonzero(probe >= 128, axis=0)
            fit = (probe.min(axis=0) >= 0) & (probe.max(axis=0) < 256) & (abs(high - _PROBE // 2) <= _PROBE // 4)
            for first in np.flatnonzero(fit):
                if _is_random(rows[start : start + WINDOW, first]):
                    yield _named(rows[:, first], start)
                    return


def _is_random(window: Numbers) -> bool:
    """Neither its bytes nor the steps between them are used unevenly, as counters and tables do, and none repeat."""
    if window.min() < 0 or window.max() > 255:
        return False
    data = window.astype(np.uint8)
    even = all(entropy(some.tobytes()) >= ENTROPY for some in (data, np.diff(data)))
    return even and len(zlib.compress(data.tobytes())) >= len(data)


_KNOWN = re.compile(
    rb"\0asm\x01|wOF[F2]|OggS\0|ID3[\x02-\x04]\0|RIFF.{4}WAVE|\x1f\x8b\x08|PK\x03\x04|%PDF-|\x28\xb5\x2f\xfd", re.DOTALL
)


def _named(column: Numbers, start: int) -> bytes:
    fit = (column >= 0) & (column < 256)
    before = int(np.count_nonzero(fit[:start]))
    data = column[fit].astype(np.uint8).tobytes()
    at = begins(data)
    if not 0 <= at < before + WINDOW:
        match = _KNOWN.search(data, 0, before + WINDOW)
        at = match.start() if match else before
    return data[at:]
