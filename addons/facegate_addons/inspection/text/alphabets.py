"""base64, base32 and hex in other letters: published alphabets, other signs, and lines or letters backwards.

A run in such an alphabet says nothing by itself. Only where its first letters are those of a magic in one of them,
all of it is read.
"""

import base64
import itertools
from collections import Counter
from collections.abc import Iterator
from functools import cache

from facegate_addons.inspection.text.beginnings import begins
from facegate_addons.inspection.text.sequences import HEADS
from facegate_addons.inspection.text.spelled import Run, unpadded
from facegate_addons.inspection.text.stretches import LETTERS, stretches, table

LEAST = 900  # characters of a picture of a face
_LOWER, _UPPER, _DIGITS = b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_STANDARD = _UPPER + _LOWER + _DIGITS
_ROT13 = _UPPER[13:] + _UPPER[:13] + _LOWER[13:] + _LOWER[:13] + _DIGITS
# of base64 but for its two signs, which stand before or behind
_ORDERS = (_STANDARD, _LOWER + _UPPER + _DIGITS, _DIGITS + _UPPER + _LOWER, _DIGITS + _LOWER + _UPPER, _ROT13)
_SIGNS = b"+/-_.,~*!:$@"
_SETS32 = (
    b"0123456789abcdefghjkmnpqrstvwxyz",  # Crockford
    b"ybndrfg8ejkmcpqxot1uwisza345h769",  # z-base-32
    b"qpzry9x8gf2tvdw0s3jn54khce6mua7l",  # Bech32
    b"0123456789bcdefghjkmnpqrstuvwxyz",  # geohash
    b"abcdefghijklmnopqrstuvwxyz012345",
    b"nopqrstuvwxyzabcdefghijklm234567",
)
_SETS16 = (b"abcdefghijklmnop", b"klmnopqrstuvwxyz", b"zyxwvutsrqponmlk")
_HEX = b"0123456789abcdef"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_FIRST = 40  # characters of a run among which it may begin: a name may stand before
_END = 400  # characters at an end of a run of which the lines are turned
_KEYS = (5, 6, 8)  # letters of 6, 5 and 4 bits that are sure, of four bytes
# JPEG's marker, gzip's flags and the sizes of boxes, so that these are four
_MAGICS = (
    *(head[:4] for head in HEADS if len(head) > 3 and head[0] != 12 and head != b"ftyp"),
    *(b"\xff\xd8\xff" + bytes([marker]) for marker in (*range(0xE0, 0xF0), 0xDB, 0xC0, 0xC4, 0xFE)),
    *(b"\x1f\x8b\x08" + bytes([flags]) for flags in (0, 8)),
    *(bytes([0, 0, 0, size]) for size in (12, *range(0x14, 0x40, 4))),
)
_USED = table(LETTERS + _SIGNS + b"=\r\n")

_USUAL = (64, _STANDARD, False)

type _Alphabet = tuple[int, bytes, bool]  # of how many letters, which, and are the signs first or nibbles swapped?


def alphabets(text: bytes) -> Iterator[Run]:
    for piece in stretches(text, _USED, LEAST):
        for way, head in enumerate(_heads(piece)):
            for at, alphabet in _begun(head):
                run = _turned(piece, way)[at:]
                if way == 0 and alphabet == _USUAL and _is_usual(run):
                    continue
                for data in _decoded(run, alphabet):
                    if (place := begins(data)) >= 0:
                        yield Run(data[place:], "alphabet", searched=True, guessed=True)


def _heads(piece: bytes) -> Iterator[bytes]:
    """How it begins when it is read so, each line backwards, from its last line, and backwards."""
    begin, end = piece[:_END], piece[-_END:]
    for way in range(4):
        yield _turned(begin if way < 2 else end, way)[:_END]


def _is_usual(run: bytes) -> bool:
    """base64 as everybody reads it, which JPEG's first letters say."""
    return not run.translate(None, LETTERS + b"+/-_=") and not run.startswith((b"+9j+", b"-9j-"))


def _turned(piece: bytes, way: int) -> bytes:
    lines = piece.split()
    if way & 1:
        lines = [line[::-1] for line in lines]
    if way & 2:
        lines.reverse()
    whole = b"".join(lines)
    return whole.lstrip(b"=") if way else whole


def _begun(head: bytes) -> Iterator[tuple[int, _Alphabet]]:
    keys = _keys()
    for at in range(min(_FIRST, len(head))):
        for length in _KEYS:
            for alphabet in keys.get(head[at : at + length], ()):
                yield at, alphabet


@cache
def _keys() -> dict[bytes, list[_Alphabet]]:
    """What the magics begin with, in each alphabet."""
    keys: dict[bytes, list[_Alphabet]] = {}

    def add(letters: bytes, bits: int, alphabet: _Alphabet) -> None:
        length = 32 // bits
        for magic in _MAGICS:
            number = int.from_bytes(magic)
            if alphabet[2] and bits == 4:
                number = int(magic.hex()[::-1], 16)
                number = int.from_bytes(number.to_bytes(4)[::-1])
            key = bytes(letters[number >> 32 - bits * (place + 1) & (1 << bits) - 1] for place in range(length))
            some = keys.setdefault(key, [])
            if alphabet not in some:
                some.append(alphabet)

    for order, pair in itertools.product(_ORDERS, itertools.permutations(_SIGNS, 2)):
        add(order + bytes(pair), 6, (64, order, False))
        add(bytes(pair) + order, 6, (64, order, True))
    for letters in _SETS32:
        for cased in (letters, letters.upper()):
            add(cased, 5, (32, cased, False))
    for letters in (*_SETS16, _HEX):
        for cased, swapped in itertools.product((letters, letters.upper()), (False, True)):
            if swapped or letters != _HEX:
                add(cased, 4, (16, cased, swapped))
    return keys


def _decoded(run: bytes, alphabet: _Alphabet) -> Iterator[bytes]:
    size, letters, flag = alphabet
    if size == 64:
        yield from _base64(run.rstrip(b"="), letters, signs_first=flag)
        return
    foreign = run.translate(None, letters)
    run = run[: run.find(foreign[:1])] if foreign else run
    if size == 32:
        run = run[: len(run) & ~7].translate(bytes.maketrans(letters, _BASE32))
        yield base64.b32decode(run)
    else:
        data = bytes.fromhex(run[: len(run) & ~1].translate(bytes.maketrans(letters, _HEX)).decode())
        yield data.translate(_SWAPPED) if flag else data


_SWAPPED = bytes(byte >> 4 | byte << 4 & 0xF0 for byte in range(256))


def _base64(run: bytes, letters: bytes, *, signs_first: bool) -> Iterator[bytes]:
    signs = [sign for sign, _ in Counter(run.translate(None, LETTERS + b"=")).most_common(2)]
    signs += [sign for sign in b"+/" if sign not in signs][: 2 - len(signs)]
    for pair in (bytes(signs), bytes(reversed(signs))):
        digits = pair + letters if signs_first else letters + pair
        yield unpadded(run.translate(bytes.maketrans(digits, _STANDARD + b"+/")).translate(None, _NONE))


_NONE = bytes(byte for byte in range(256) if byte not in LETTERS + b"+/")
