"""base64 in pieces: short lines with anything between them, characters with noise among them, columns of records.

Nobody names the pieces, so what they yield together is only searched. Where the pieces are shorter than a line, a
picture is looked for where one of them begins as pictures, archives or documents do in base64.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from facegate_addons.inspection.text import magics, shares
from facegate_addons.inspection.text.spelled import Run, unpadded
from facegate_addons.inspection.text.stretches import LETTERS, stretches, table

# characters of a line of base64; mail breaks it at 76, PEM at 64
LINE = 40
# characters of all such lines together: the smallest JPEG of a face
TOTAL = 800
HEADS = 8  # beginnings that are tried of each kind; more is no picture cut in pieces, but many pictures
RECORD = 12  # pieces of a record, one of which may be a picture's
NEAR = 8 << 10  # characters that tell how many pieces a record has
LONG = 6 << 20  # characters from which a record's column is not read
_NOISE = bytes(byte for byte in range(256) if byte not in LETTERS + b"+/-_")
_NOT_HEX = bytes(byte for byte in range(256) if byte not in b"0123456789abcdefABCDEF")
_TOKEN = re.compile(rb"[A-Za-z0-9+/_-]+")
_PIECE = re.compile(rb"[A-Za-z0-9+/_-]{2,400}[^A-Za-z0-9+/_-]")  # longer ones are found as runs
_CAPITALS32, _SMALL32 = (table(letters + b"234567") for letters in (LETTERS[:26], LETTERS[26:52]))
_XX = bytes.maketrans(
    b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
)


def lines(pieces: Sequence[bytes]) -> Iterator[Run]:
    """Short runs of base64, read as the lines of one: whatever stood between them, quotes, tags or commas."""
    if sum(map(len, pieces)) < TOTAL:
        return
    rows = [piece.rstrip(b"=") for piece in pieces]
    whole = _standard(b"".join(rows)).replace(b"=", b"")
    if len(whole) < TOTAL:
        return
    for shift in range(4):  # what stands before the first line may be a name as long as one
        yield Run(unpadded(whole[shift:]), "lines", searched=True)
    if len(rows) > 1 and not (hexes := b"".join(rows)).translate(None, b"0123456789abcdefABCDEF"):
        yield Run(bytes.fromhex(hexes[: len(hexes) & ~1].decode()), "lines", searched=True)
    # xxencode: each line begins with its length, whose sign is in the alphabet
    if sum(row[:1] == b"h" and len(row) == 61 for row in rows) > len(rows) // 2:
        told = b"".join(row[1:] for row in rows if row[:1] == b"h" and len(row) == 61)
        yield Run(unpadded(told.translate(_XX)), "xxencode")


def scattered(text: bytes, mixed: bytes, sixteenths: bytes) -> Iterator[Run]:
    """Pieces of any length, without all that is not in the alphabet; `mixed` and `sixteenths` as shares tells them."""
    if mixed:
        letters = mixed.translate(None, _NOISE)
        starts = [at for head in magics.IN_BASE64 for at in _places(letters, head)]
        starts += [max(at - magics.FTYP_AT, 0) for at in _places(letters, magics.FTYP_IN_BASE64)]
        for at in starts:
            yield Run(unpadded(_standard(letters[at:])), "pieces", searched=True, guessed=True)
        yield from _base32(letters.translate(None, b"+/-_"), _CAPITALS32)
    if shares.small(text):
        yield from _base32(text.translate(None, _NOISE + b"+/-_"), _SMALL32)
    if sixteenths:
        digits = sixteenths.translate(None, _NOT_HEX).lower()
        for at in (at for head in magics.IN_HEX for at in _places(digits, head)):
            cut = digits[max(at - 8, 0) :]
            yield Run(bytes.fromhex(cut[: len(cut) & ~1].decode()), "pieces", searched=True, guessed=True)


def _base32(letters: bytes, alphabet: bytes) -> Iterator[Run]:
    for word in stretches(letters, alphabet, TOTAL):
        capitals = word.upper()
        for at in (at for head in magics.IN_BASE32 for at in _places(capitals, head)):
            if len(word) - at >= TOTAL:
                whole = capitals[at : at + (len(word) - at & ~7)]
                yield Run(base64.b32decode(whole), "pieces", searched=True, guessed=True)


def columns(text: bytes) -> Iterator[Run]:
    """A piece in each record of a list, a table or a script, among keys, numbers and tags."""
    begins = [at for head in magics.PICTURES_IN_BASE64 for at in _places(text, head) if _PIECE.match(text, at)]
    for at in begins[:HEADS]:
        some = _TOKEN.findall(text[at : at + NEAR].replace(b"\\/", b"/"))
        records = [every for every in range(1, min(RECORD, len(some) // 8) + 1) if _varied(some[::every][:8])]
        tokens = _TOKEN.findall(text[at : at + LONG].replace(b"\\/", b"/")) if records else []
        for every in records:
            whole = _standard(b"".join(tokens[::every]))
            if len(whole) >= TOTAL:
                yield Run(unpadded(whole), "columns", searched=True, guessed=True)


def _varied(tokens: list[bytes]) -> bool:
    """Pieces of a code are of one length and differ, and are neither numbers nor words of one case."""
    whole = b"".join(tokens)
    alike = sum(len(token) == len(tokens[0]) for token in tokens)
    return alike >= len(tokens) - 2 and len(set(tokens)) >= len(tokens) - 1 and not (whole.islower() or whole.isupper())


def _places(text: bytes, head: bytes) -> Iterator[int]:
    return islice(shares.places(text, head), HEADS)


def _standard(letters: bytes) -> bytes:
    return letters.replace(b"-", b"+").replace(b"_", b"/")
