"""Bytes written in bases that are no power of two: 85, 91, 45, 62, 58 and 36, in long runs without white space."""

import base64
import math
from collections.abc import Callable, Iterator

import numpy as np

from facegate_addons.inspection.sniff import PICTURES, sniff
from facegate_addons.inspection.text.spelled import Run, entropy, is_certain, judged
from facegate_addons.inspection.text.stretches import LETTERS, stretches, table

LEAST = 800  # characters: a picture of a face has 700 bytes at least
# without a space, a bracket or a quote; minified scripts do not reach it
_ASCII85 = table(bytes(range(0x21, 0x76)) + b"zy<~>")
_B85 = table(LETTERS + b"!#$%&()*+-;<=>?@^_`{|}~")
_Z85 = table(LETTERS + b".-:+=^!/*?&<>()[]{}@%$#")
_BASE91 = table(LETTERS + b'!#$%&()*+,./:;<=>?@[]^_`{|}~"')
_BASE45 = table(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_BASE64 = table(LETTERS + b"+/-_=")
_SAMPLE = 1 << 16
_LARGEST = 200_000  # characters of one number: reading it takes more than linear time
EVEN = 0.93  # share of the bits a digit can say, under which a number is no picture but names joined
# digits of one number -> what a base that needs them is called with
_BASES = (
    (62, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    (62, b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (62, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
    (58, b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
    (58, b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"),
    (36, b"0123456789abcdefghijklmnopqrstuvwxyz"),
    (10, b"0123456789"),
)


def radix(text: bytes, known: list[bytes]) -> Iterator[Run]:
    """Of text without its line ends. What begins as something known is added to `known`."""
    for letters, decode, spelling, group in _DECODERS if len(text) >= LEAST else ():
        for piece in stretches(text, letters, LEAST):
            if _may_be(piece, spelling):
                for run in _read(piece, decode, spelling, group):
                    if not (run.opaque or run.guessed):
                        known.append(piece)
                    yield run


def numerals(text: bytes) -> Iterator[Run]:
    """The same of all of a run as one number."""
    for piece in stretches(text, _BASE64, LEAST):
        if len(piece) <= _LARGEST and not piece.translate(None, LETTERS):
            yield from (Run(data, "base62", searched=True, guessed=True) for data in as_number(piece))


def _may_be(piece: bytes, spelling: str) -> bool:
    """Signs stand among its letters, and not as in scripts and tables."""
    signs = len(piece.translate(None, LETTERS)) / len(piece)
    if spelling == "base45":
        return 0.05 < signs < 0.4 and entropy(piece[:_SAMPLE]) >= 4.5
    return 0.08 < signs < 0.5 and entropy(piece[:_SAMPLE]) >= 5.2


def _read(piece: bytes, decode: Callable[[bytes], bytes], spelling: str, group: int) -> Iterator[Run]:
    """It begins as something known, at any place in a group, for a name may stand before it; or nobody knows it."""
    for shift in range(group):
        try:
            head = decode(piece[shift : shift + 60 * group])
            if is_certain(head):
                # what is too long for a guess has to open
                sure = sniff(head) in PICTURES or judged(b"", spelling, piece).opaque
                yield Run(_whole(piece[shift:], decode, group), spelling, guessed=not sure)
                if sure:
                    return
        except ValueError:
            continue
    try:
        run = judged(b"", spelling, piece)
        if run.opaque:
            yield Run(_whole(piece, decode, group), spelling, opaque=True)
    except ValueError:
        return


def _whole(piece: bytes, decode: Callable[[bytes], bytes], group: int) -> bytes:
    """What stands behind it need not belong to it."""
    try:
        return decode(piece)
    except ValueError:
        return decode(piece[: (len(piece) // group - 1) * group])


def _ascii85(piece: bytes) -> bytes:
    begin = piece.find(b"<~") + 2 if b"<~" in piece else 0
    return base64.a85decode(piece[begin:].partition(b"~>")[0], foldspaces=b"y" in piece)


def _z85(piece: bytes) -> bytes:
    return base64.b85decode(piece.translate(_Z85_TO_B85))


_Z85_TO_B85 = bytes.maketrans(
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)
_OF_45 = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", bytes(range(45)))
_OF_91 = bytes.maketrans(
    b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~"', bytes(range(91))
)


def _base45(piece: bytes) -> bytes:
    """RFC 9285: three characters are two bytes, the lowest digit first."""
    values = np.frombuffer(piece[: len(piece) // 3 * 3].translate(_OF_45), np.uint8).astype(np.uint32).reshape(-1, 3)
    words = values[:, 0] + 45 * values[:, 1] + 45 * 45 * values[:, 2]
    return (words & 0xFFFF).astype(">u2").tobytes()


def _base91(piece: bytes) -> bytes:
    """basE91: two characters are 13 or 14 bits, the lowest first."""
    letters = np.frombuffer(piece[: len(piece) & ~1].translate(_OF_91), np.uint8).astype(np.uint16).reshape(-1, 2)
    values = letters[:, 0] + 91 * letters[:, 1]
    bits = values[:, None] >> np.arange(14, dtype=np.uint16) & 1
    kept = np.ones(bits.shape, np.bool_)
    kept[:, 13] = values & 8191 <= 88
    whole = bits[kept].astype(np.uint8)
    if len(piece) % 2:  # the last character fills the last byte
        whole = np.concatenate([whole, np.unpackbits(np.array([_OF_91[piece[-1]]], np.uint8), bitorder="little")])
    return np.packbits(whole[: len(whole) & ~7], bitorder="little").tobytes()


_DECODERS: tuple[tuple[bytes, Callable[[bytes], bytes], str, int], ...] = (
    (_ASCII85, _ascii85, "base85", 5),
    (_B85, base64.b85decode, "base85", 5),
    (_Z85, _z85, "base85", 5),
    (_BASE91, _base91, "base91", 2),
    (_BASE45, _base45, "base45", 3),
)


def as_number(piece: bytes) -> Iterator[bytes]:
    """All of `piece` as one number, in each base whose digits it has."""
    used = set(piece)
    for base, digits in _BASES:
        if used <= set(digits) and (base == 10 or entropy(piece) > EVEN * math.log2(base)):
            ranks = bytes.maketrans(digits, bytes(range(base)))
            yield _number(list(piece.translate(ranks)), base)


def _number(values: list[int], base: int) -> bytes:
    """Neighbours are joined, level by level: large multiplications are faster than many."""
    values = [0] * (-len(values) % (1 << max(len(values) - 1, 1).bit_length())) + values
    while len(values) > 1:
        values = [high * base + low for high, low in zip(values[0::2], values[1::2], strict=True)]
        base *= base
    return values[0].to_bytes((values[0].bit_length() + 7) // 8)
