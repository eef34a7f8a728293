"""Pictures written as text: data: URIs, and long runs of base64, base32, hex, base85, uuencode and number lists.

Fast, because most bodies are text: the bytes are mapped to "could belong to a run" in one pass of `bytes.translate`,
and long runs are found with `find`. What a run decodes to is the walk's to judge; here is only the spelling.
"""

import base64
import binascii
import math
import re
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from facegate_addons.inspection.text import disguise
from facegate_addons.inspection.text.squeeze import MANY, squeeze

# characters: shorter runs cannot hold a picture of a face (the smallest JPEG of a 12-pixel face needs 800)
RUN = 200
# characters in one unbroken run that has to be explained: names, keys, hashes, tokens and inlined tables are shorter
OPAQUE = 8_000
# bits a character of a run, per spelling, under which it is words or tables: random data has log2 of the alphabet
ENTROPY = {"hex": 3.8, "base32": 4.8, "base64": 5.75, "base85": 6.1}


@dataclass(frozen=True, slots=True)
class Run:
    """`data` is what a run of text decodes to. `opaque`: when nobody knows it, the text is not clear. `searched`: it is
    no more than searched for pictures."""

    data: bytes
    spelling: str
    opaque: bool = False
    searched: bool = False


def _table(alphabet: bytes) -> bytes:
    return bytes(0x41 if byte in alphabet else 0x2E for byte in range(256))


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BASE64 = _table(_LETTERS + b"+/-_=")
_BASE85 = _table(bytes(range(0x21, 0x76)) + b"z")
_B85 = _table(_LETTERS + b"!#$%&()*+-;<=>?@^_`{|}~")
_NUMBERS = _table(b"0123456789abcdefABCDEFxX, \t\r\n")
_RUN85 = 1_000  # without a space, a bracket or a quote: minified scripts do not reach it


def _runs(text: bytes, table: bytes, least: int) -> Iterator[bytes]:
    """The longest pieces of at least `least` bytes that are made of a table's characters."""
    mapped, needle = text.translate(table), b"A" * least
    at = mapped.find(needle)
    while at >= 0:
        end = mapped.find(b".", at + least)
        end = len(mapped) if end < 0 else end
        yield text[at:end]
        at = mapped.find(needle, end)


def runs(text: bytes) -> Iterator[Run]:
    """Everything in `text` that may be a picture in other letters."""
    plain = set()
    for piece in _runs(text, _BASE64, RUN):
        plain.add(piece)
        yield from _spelled(piece)
    squeezed = squeeze(text)
    if squeezed is not text:
        for piece in _runs(squeezed, _BASE64, RUN):
            if piece not in plain:
                yield from _spelled(piece.replace(b"=", b""))
    for data in disguise.escaped(text):
        yield Run(data, "escapes", searched=True)
    for data in disguise.lines(_runs(text, _BASE64, disguise.LINE)):
        yield Run(data, "lines", searched=True)
    yield from _data_uris(text)
    yield from _numbers(text)
    yield from _base85(text)
    yield from _uuencoded(text)


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte."""
    total = len(data)
    return -sum(n / total * math.log2(n / total) for n in Counter(data).values()) if total else 0.0


_HEX = re.compile(rb"(?:0[xX])?[0-9a-fA-F]+")
_BASE32 = re.compile(rb"[A-Z2-7]+=*|[a-z2-7]+=*")


def _spelled(piece: bytes) -> Iterator[Run]:
    if _HEX.fullmatch(piece):
        digits = piece.removeprefix(b"0x").removeprefix(b"0X")
        yield _judged(bytes.fromhex(digits[: len(digits) & ~1].decode()), "hex", piece)
        return
    if _BASE32.fullmatch(piece):
        bare = piece.rstrip(b"=").upper()
        bare = bare[: len(bare) - (0, 1, 0, 1, 0, 0, 2, 0)[len(bare) % 8]]
        yield _judged(base64.b32decode(bare + b"=" * (-len(bare) % 8)), "base32", piece)
    bare = piece.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    for shift in range(4):  # the run may begin in the letters of a name or a scheme before it
        part = bare[shift:]
        part = part[: len(part) - (len(part) % 4 == 1)].replace(b"=", b"A")
        decoded = binascii.a2b_base64(part + b"=" * (-len(part) % 4))
        yield _judged(decoded, "base64", piece if shift == 0 else b"")


def _judged(data: bytes, spelling: str, piece: bytes) -> Run:
    return Run(data, spelling, len(piece) >= OPAQUE and entropy(piece[:65_536]) >= ENTROPY[spelling])


# no colon among the parameters: with one, text full of "data:" would be searched 200 times over
_URI = re.compile(rb"data:[^,:\"'<>]{0,200},([^\"'<>\s)]{64,})", re.IGNORECASE)


def _data_uris(text: bytes) -> Iterator[Run]:
    """Percent-encoded ones; base64 ones are runs already."""
    for match in _URI.finditer(text):
        if match[1].count(b"%") > MANY:
            yield Run(urllib.parse.unquote_to_bytes(match[1]), "data")


_SAMPLE = 4_096  # bytes of a list of numbers
_NUMBER = re.compile(rb"0[xX][0-9a-fA-F]{1,2}|\d{1,3}")


def _numbers(text: bytes) -> Iterator[Run]:
    """[255, 216, 255, ...] and 0xff, 0xd8, ..."""
    for piece in _runs(text, _NUMBERS, 2 * RUN):
        if piece.count(b",") < RUN // 2 or not _are_bytes(piece[:_SAMPLE]):
            continue
        try:
            yield Run(bytes(_numbers_of(piece)), "numbers")
        except ValueError:  # one of them is no byte
            continue


def _are_bytes(piece: bytes) -> bool:
    """Most lists of numbers are told from bytes by their beginning."""
    return all(value < 256 for value in _numbers_of(piece.rpartition(b",")[0]))


def _numbers_of(piece: bytes) -> Iterable[int]:
    if b"x" not in piece and b"X" not in piece:
        return map(int, _NUMBER.findall(piece))
    return (int(token, 0 if token[1:2] in b"xX" and len(token) > 1 else 10) for token in _NUMBER.findall(piece))


def _base85(text: bytes) -> Iterator[Run]:
    decoders: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
        (_BASE85, lambda piece: base64.a85decode(piece.removeprefix(b"<~").partition(b"~>")[0])),
        (_B85, base64.b85decode),
    )
    lines = text.replace(b"\n", b"").replace(b"\r", b"")
    for table, decode in decoders:
        for piece in _runs(lines, table, _RUN85):
            try:
                yield _judged(decode(piece), "base85", piece)
            except ValueError:
                continue


_UU = re.compile(rb"(?:^M[ -`]{60}\r?\n){4,}(?:^[ -`]{1,61}\r?\n)?", re.MULTILINE)


def _uuencoded(text: bytes) -> Iterator[Run]:
    if b"\nM" not in text:
        return
    for match in _UU.finditer(text):
        pieces = []
        for line in match[0].splitlines():
            try:
                pieces.append(binascii.a2b_uu(line))
            except binascii.Error:
                break
        yield Run(b"".join(pieces), "uuencode", True)
