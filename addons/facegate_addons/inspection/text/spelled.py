"""What one unbroken run of letters and digits spells: base64, base32, hex, and numbers written in other bases.

Only the alphabet says which, so what is short of one alphabet is read in each that has room for it.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facegate_addons.inspection import sniff
from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.magics import BACKWARDS
from facegate_addons.inspection.text.stretches import stretches, table

# characters in one unbroken run that has to be explained: names, keys, hashes, tokens and inlined tables are shorter
OPAQUE = 8_000
# bits a character of a run, per spelling, under which it is words or tables: random data has log2 of the alphabet
ENTROPY = {"hex": 3.8, "base32": 4.8, "base64": 5.75, "base85": 6.1, "base45": 5.2, "base91": 6.2, "numbers": 7.85}
# kinds whose first bytes are none by chance: what begins with them is read in no other way
CERTAIN = frozenset(
    (
        "jpeg",
        "png",
        "gif",
        "webp",
        "avif",
        "heic",
        "zip",
        "gzip",
        "wasm",
        "woff",
        "woff2",
        "pdf",
        "webm",
        "7z",
        "xz",
        "zstd",
    )
)


# how all of them begin, but for PDF, which may begin later
_MAY_BE_CERTAIN = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|RIF[FX]|RF64|.{4}ftyp|PK|\x1f\x8b\x08|\0asm|wOF|\x1a\x45\xdf\xa3"
    rb"|7z\xbc\xaf|\xfd7zXZ|\x28\xb5\x2f\xfd|.\x2a\x4d\x18",
    re.DOTALL,
)


def is_certain(data: bytes) -> bool:
    """Does `data` begin as one of CERTAIN? What cannot is not asked about all other kinds."""
    begins = _MAY_BE_CERTAIN.match(data) is not None or data.find(b"%PDF-", 0, 1_029) >= 0
    return begins and sniff.sniff(data) in CERTAIN


@dataclass(frozen=True, slots=True)
class Run:
    """`data` is what a run of text decodes to. `opaque`: when nobody knows it, the text is not clear. `searched`: it is
    no more than searched for pictures. `guessed`: it is one of several readings, and only a face counts."""

    data: bytes
    spelling: str
    opaque: bool = False
    searched: bool = False
    guessed: bool = False


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte."""
    if not data:
        return 0.0
    counts = np.bincount(np.frombuffer(data, np.uint8))
    shares = counts[counts > 0] / len(data)
    return float(-(shares * np.log2(shares)).sum())


def judged(data: bytes, spelling: str, piece: bytes) -> Run:
    least = OPAQUE * 3 // 2 if spelling == "hex" else OPAQUE  # as many bytes as base64 says in OPAQUE characters
    opaque = len(piece) >= least and entropy(piece[:65_536]) >= ENTROPY[spelling]
    return Run(data, spelling, opaque and not tabulated(data))


def tabulated(data: bytes) -> bool:
    """Do half of the words of 8 bytes read as floating point numbers near 1? Of random ones a sixteenth does."""
    for shift in range(8 if len(data) >= 64 else 0):
        words = np.frombuffer(data, "<u2", (len(data) - shift) // 8 * 4, shift)[3::4]
        exponents = (words >> 4) & 0x7FF
        if len(words) and np.count_nonzero(np.abs(exponents.astype(np.int16) - 1_023) <= 64) > len(words) / 2:
            return True
    return False


# characters of hex within a run of more; a run has so many itself
LEAST = 200
_BEFORE = 16  # digits of a number or a name that may stand before it
_HEX_DIGITS = table(b"0123456789abcdefABCDEF")
_HEAD = 684  # characters that tell what they begin as
_HEX = re.compile(rb"(?:0[xX])?[0-9a-fA-F]+")
_BASE32 = re.compile(rb"[A-Z2-7]+=*|[a-z2-7]+=*")
_BASE32HEX = re.compile(rb"[0-9A-V]+=*|[0-9a-v]+=*")
_DIGITS = b"0123456789"
# shares of a run in base32: of random data 19 % are digits, or 31 %, and the others letters
_TENS, _LETTERS = 0.05, 0.25
_TO_BASE32 = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def spelled(piece: bytes) -> Iterator[Run]:
    if _HEX.fullmatch(piece):
        yield from _hex(piece.removeprefix(b"0x").removeprefix(b"0X"))
        return
    for digits in stretches(piece, _HEX_DIGITS, LEAST):  # behind a path, a name or the letters of a binary head
        known = any(is_certain(_bytes(digits[first:][:_HEAD])) for first in range(_BEFORE))
        yield from _hex(digits, known=known)
    if _says_base32(piece):
        if _BASE32.fullmatch(piece):
            yield judged(_base32(piece.rstrip(b"=").upper()), "base32", piece)
        if _BASE32HEX.fullmatch(piece):
            yield judged(_base32(piece.rstrip(b"=").upper().translate(_TO_BASE32)), "base32", piece)
    if not shares.both_cases(piece) and not sniff.sniff(unpadded(_bare(piece[:512]))):
        return  # words, paths and numbers: in base64, every second letter is a capital
    backwards = piece[-16:].rstrip(b"=").endswith(BACKWARDS)
    yield from _base64(piece, known=backwards and _known(piece[::-1].lstrip(b"=")))
    if backwards:
        yield from _base64(piece[::-1].lstrip(b"="))


def _says_base32(piece: bytes) -> bool:
    letters = len(piece.translate(None, _DIGITS))
    return letters >= _LETTERS * len(piece) and len(piece) - letters >= _TENS * len(piece)


def _hex(digits: bytes, *, known: bool = False) -> Iterator[Run]:
    yield judged(_bytes(digits), "hex", b"" if known else digits)
    yield Run(_bytes(digits[1:]), "hex")  # the letter before may be one, too
    if not digits.strip(b"01"):
        bits = digits[: len(digits) & ~7]
        yield Run(int(bits, 2).to_bytes(len(bits) // 8), "binary")
    elif digits.isdigit():
        for shift in range(3):
            yield from _threes(digits[shift:])


def _bytes(digits: bytes) -> bytes:
    return bytes.fromhex(digits[: len(digits) & ~1].decode())


def _threes(digits: bytes) -> Iterator[Run]:
    """Each byte in three digits, decimal or octal."""
    places = np.frombuffer(digits[: len(digits) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int16) - ord("0")
    for base in (10, 8):
        values = (places[:, 0] * base + places[:, 1]) * base + places[:, 2]
        if len(values) and values.max() < 256 and places.max() < base:
            yield Run(values.astype(np.uint8).tobytes(), "numbers")


def _base32(letters: bytes) -> bytes:
    letters = letters[: len(letters) - (0, 1, 0, 1, 0, 0, 1, 0)[len(letters) % 8]]
    return base64.b32decode(letters + b"=" * (-len(letters) % 8))


def _base64(piece: bytes, *, known: bool = False) -> Iterator[Run]:
    """`known`: read in another way it begins as something known, and whoever opens that judges it."""
    bare = _bare(piece)
    known = known or _known(bare)
    for shift in range(4):  # the run may begin in the letters of a name or a scheme before it
        data = unpadded(bare[shift:])
        yield judged(data, "base64", piece if shift == 0 and not known else b"")
        if wide := narrowed(data):
            yield Run(wide, "base64")
        if shift == 0 and _certain(bare):
            return


def _bare(piece: bytes) -> bytes:
    return piece.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")


def _known(letters: bytes) -> bool:
    return any(_certain(letters[shift:]) for shift in range(4))


def _certain(letters: bytes) -> bool:
    return is_certain(unpadded(letters[:_HEAD]))


def unpadded(letters: bytes) -> bytes:
    """base64 of the standard alphabet, cut where it is incomplete."""
    letters = letters[: len(letters) - (len(letters) % 4 == 1)].replace(b"=", b"A")
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def narrowed(data: bytes) -> bytes:
    """Bytes that were written as characters of two bytes each."""
    if len(data) < 64 or data[:64].count(0) < 28:
        return b""
    for half, other in ((data[0::2], data[1::2]), (data[1::2], data[0::2])):
        if half.count(0) > 0.95 * len(half):
            return other
    return b""
