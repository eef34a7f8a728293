"""base64 in pieces: short lines with anything between them, characters with noise among them, columns of records.

Nobody names the pieces, so what they yield together is only searched. Where the pieces are shorter than a line, a
picture is looked for where one of them begins as pictures, archives or documents do in base64.
"""

import base64
import re
from collections.abc import Iterator

from facegate_addons.inspection.text import magics
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
_BASE64 = table(LETTERS + b"+/-_=")
_NOISE = bytes(byte for byte in range(256) if byte not in LETTERS + b"+/-_")
_NOT_HEX = bytes(byte for byte in range(256) if byte not in b"0123456789abcdefABCDEF")
_TOKEN = re.compile(rb"[A-Za-z0-9+/_-]+")
_PIECE = re.compile(rb"[A-Za-z0-9+/_-]{2,400}[^A-Za-z0-9+/_-]")  # longer ones are found as runs
_WORD32 = re.compile(rb"[A-Z2-7]+|[a-z2-7]+")
_XX = bytes.maketrans(
    b"+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
)


def lines(text: bytes) -> Iterator[Run]:
    """Short runs of base64, read as the lines of one: whatever stood between them, quotes, tags or commas."""
    rows = [piece.rstrip(b"=") for piece in stretches(text, _BASE64, LINE)]
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


def scattered(text: bytes) -> Iterator[Run]:
    """Pieces of any length, without all that is not in the alphabet."""
    letters = text.translate(None, _NOISE)
    starts = [at for head in magics.IN_BASE64 for at in _places(letters, head)]
    starts += [max(at - magics.FTYP_AT, 0) for at in _places(letters, magics.FTYP_IN_BASE64)]
    for at in starts:
        yield Run(unpadded(_standard(letters[at:])), "pieces", searched=True, guessed=True)
    plain = letters.translate(None, b"+/-_")
    for head in (*magics.IN_BASE32, *(head.lower() for head in magics.IN_BASE32)):
        for at in _places(plain, head):
            word = _WORD32.match(plain, at)
            if word and len(word[0]) >= TOTAL:
                yield Run(base64.b32decode(word[0][: len(word[0]) & ~7].upper()), "pieces", searched=True, guessed=True)
    digits = letters.translate(None, _NOT_HEX).lower()
    for at in (at for head in magics.IN_HEX for at in _places(digits, head)):
        cut = digits[max(at - 8, 0) :]
        yield Run(bytes.fromhex(cut[: len(cut) & ~1].decode()), "pieces", searched=True, guessed=True)


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
    at = -1
    for _ in range(HEADS):
        at = text.find(head, at + 1)
        if at < 0:
            return
        yield at


def _standard(letters: bytes) -> bytes:
    return letters.replace(b"-", b"+").replace(b"_", b"/")
