"""Bytes written as one large number, in any base from 3 to 62: its length and first digits say what it begins with.

The base is one more than its largest digit. No more of the number is computed than of its first bytes, unless they are
a magic's.
"""

import math
from collections.abc import Iterator

import numpy as np

from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.sequences import HEADS
from facegate_addons.inspection.text.spelled import Run, entropy
from facegate_addons.inspection.text.stretches import LETTERS, stretches, table

LEAST = 800  # digits
_LARGEST = 1_000_000  # of one number: reading it takes more than linear time
_EVEN = 0.9  # share of the bits a digit can say
_PRECISE = 40  # digits, more than a double holds
_LOWER, _UPPER = b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = (
    b"0123456789" + _LOWER + _UPPER,
    b"0123456789" + _UPPER + _LOWER,
    _UPPER + _LOWER + b"0123456789",
    _LOWER + _UPPER + b"0123456789",
    b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ",
)
_OTHERS = [bytes(byte for byte in range(256) if byte not in digits) for digits in _DIGITS]
_RANKS = [bytes(max(digits.find(byte), 0) for byte in range(256)) for digits in _DIGITS]
_LETTERS = table(LETTERS + b"\r\n")
_TOPS = tuple(int.from_bytes(head[:3]) for head in HEADS if head[0] not in b"\x0cf")
_LOWS = tuple(int.from_bytes(head[:3], "little") for head in HEADS if head[0] not in b"\x0cf")


def bases(text: bytes) -> Iterator[Run]:
    for piece in stretches(text, _LETTERS, LEAST):
        whole = piece.translate(None, b"\r\n")
        longest = max(piece.split(), key=len, default=b"")
        for digits in {whole, longest}:
            if LEAST <= len(digits) <= _LARGEST:
                yield from (Run(data, "base", searched=True, guessed=True) for data in _read(digits))


def _read(piece: bytes) -> Iterator[bytes]:
    for digits, others, ranks in zip(_DIGITS, _OTHERS, _RANKS, strict=True):
        if len(piece.translate(None, others)) < len(piece):
            continue
        values = piece.translate(ranks)
        base = int(np.frombuffer(values, np.uint8).max()) + 1
        if base < 3 or base > len(digits) or entropy(values[:4_096]) < _EVEN * math.log2(base):
            continue
        for order in (values, values[::-1]):
            top, low = _top(order, base), _low(order, base)
            if any(abs(top - head) <= 1 for head in _TOPS):
                data = number(order, base)
                yield data[max(begins(data), 0) :]
            if low in _LOWS:
                data = number(order, base)[::-1]
                yield data[max(begins(data), 0) :]


def _top(values: bytes, base: int) -> int:
    """The first three bytes of the number."""
    values = values.lstrip(b"\0")
    if not values:
        return 0
    first = 0
    for value in values[:_PRECISE]:
        first = first * base + value
    bits = math.log2(first) + (len(values) - len(values[:_PRECISE])) * math.log2(base)
    return int(2 ** (bits - 8 * math.ceil(bits / 8 + 1e-12) + 24))


def _low(values: bytes, base: int) -> int:
    """The last three."""
    low, power = 0, 1
    for value in values[:-25:-1]:  # powers of even bases vanish there; of odd ones all digits count
        low, power = low + value * power & 0xFFFFFF, power * base & 0xFFFFFF
    if not power:
        return low
    powers = np.ones(len(values), np.uint32)
    powers[1:] = base
    powers = np.multiply.accumulate(powers)
    return int((np.frombuffer(values[::-1], np.uint8) * powers).sum(dtype=np.uint32)) & 0xFFFFFF


def number(values: bytes, base: int) -> bytes:
    """Neighbours are joined, level by level: large multiplications are faster than many."""
    some = list(values)
    some = [0] * (-len(some) % (1 << max(len(some) - 1, 1).bit_length())) + some
    while len(some) > 1:
        some = [high * base + low for high, low in zip(some[0::2], some[1::2], strict=True)]
        base *= base
    return some[0].to_bytes((some[0].bit_length() + 7) // 8)
