"""Bytes written as text by escapes, and base64 in short pieces: what they spell is only searched for pictures.

Unlike long runs these say nothing by being there: scripts are full of escapes, and lists of short tokens are common. So
what comes out counts only when it holds a picture.
"""

import binascii
import quopri
import re
import urllib.parse
from collections.abc import Callable, Iterator

# escapes in a text under which they cannot spell a picture of a face: its smallest JPEG has more bytes beyond ASCII
LEAST = 256
# characters of a line of base64; mail breaks it at 76, PEM at 64
LINE = 40
# characters of all such lines together: the smallest JPEG of a face
TOTAL = 800

# of scripts, JSON and their kin: \xff \u00ff \u{ff} \377 \n
_BACKSLASH = re.compile(
    rb"\\(?:(?:x|u00)([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,2})\}|([0-3]?[0-7]{1,2})|([abfnrtv\"'`/\\]))"
)
_ONE = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))
_ENTITY = re.compile(rb"&#(?:(\d{1,3})|[xX]([0-9a-fA-F]{1,2}));")


def escaped(text: bytes) -> Iterator[bytes]:
    """What the text says with its escapes undone, one kind of escape at a time."""
    for sign, undo in _ESCAPES:
        if text.count(sign) >= LEAST and (data := undo(text)):
            yield data


def _backslashes(text: bytes) -> bytes:
    def byte(match: re.Match[bytes]) -> bytes:
        if digits := match[1] or match[2]:
            return bytes([int(digits, 16)])
        if match[3]:
            return bytes([int(match[3], 8)])
        return bytes([_ONE.get(match[4][0], match[4][0])])

    undone = _BACKSLASH.sub(byte, text)
    return _latin1(undone) if b"\xc3" in text else undone


def _entities(text: bytes) -> bytes:
    """Not html.unescape: it takes 128 to 159 for Windows' characters and 0 for none."""

    def byte(match: re.Match[bytes]) -> bytes:
        value = int(match[1]) if match[1] else int(match[2], 16)
        return bytes([value]) if value < 256 else b"?"

    return _names(_ENTITY.sub(byte, text))


def _names(text: bytes) -> bytes:
    for name, letter in ((b"&quot;", b'"'), (b"&apos;", b"'"), (b"&lt;", b"<"), (b"&gt;", b">"), (b"&amp;", b"&")):
        text = text.replace(name, letter)
    return text


def _latin1(text: bytes) -> bytes:
    """Each byte as the character of its number, in UTF-8."""
    return text.decode("utf-8", "ignore").encode("latin-1", "ignore")


_ESCAPES: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\\", _backslashes),
    (b"&#", _entities),
    (b"%", urllib.parse.unquote_to_bytes),
    (b"=F", quopri.decodestring),  # one byte in sixteen
    (b"\xc3", _latin1),
)


def lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Short runs of base64, read as the lines of one: whatever stood between them, quotes, tags or commas."""
    whole = b"".join(piece.rstrip(b"=") for piece in pieces).replace(b"-", b"+").replace(b"_", b"/").replace(b"=", b"")
    if len(whole) < TOTAL:
        return
    for shift in range(4):  # what stands before the first line may be a name as long as one
        part = whole[shift:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        yield binascii.a2b_base64(part + b"=" * (-len(part) % 4))
