"""Bytes written as text by escapes: what they spell is searched for pictures, and for the runs that it has.

Unlike long runs these say nothing by being there: scripts are full of escapes. So what comes out counts only when it
holds a picture.
"""

import quopri
import re
import urllib.parse
from collections.abc import Callable, Iterator

from facegate_addons.inspection.text import shares

# escapes in a text under which they cannot spell a picture of a face: its smallest JPEG has more bytes beyond ASCII
LEAST = 256

# of scripts, JSON and their kin: \xff \u00ff \u{ff} \377 \n
_BACKSLASH = re.compile(
    rb"\\(?:(?:x|u00|U000000)([0-9a-fA-F]{2})|u\{0*([0-9a-fA-F]{1,2})\}|([0-3]?[0-7]{1,2})|([abfnrtv\"'`/\\])|\r?\n)"
)
_ONE = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))
_ENTITY = re.compile(rb"&#(?:0*(\d{1,3})|[xX]0*([0-9a-fA-F]{1,2}));?")
_CSS = re.compile(rb"\\([0-9a-fA-F]{1,6})[ \t\r\n\f]?")


def escaped(text: bytes) -> Iterator[bytes]:
    """What the text says with its escapes undone, one kind of escape at a time."""
    for sign, behind, kind, undo in _ESCAPES:
        if shares.escapes(text, ord(sign), behind, LEAST) and len(kind.findall(text)) >= LEAST:
            yield undo(text)


def latin1(text: bytes) -> Iterator[bytes]:
    """Bytes as the characters of their numbers, and nothing else."""
    if not text.isascii() and shares.count(text, 0xC3) >= LEAST:
        yield _latin1(text)


def _backslashes(text: bytes) -> bytes:
    def byte(match: re.Match[bytes]) -> bytes:
        if digits := match[1] or match[2]:
            return bytes([int(digits, 16)])
        if match[3]:
            return bytes([int(match[3], 8)])
        return bytes([_ONE.get(match[4][0], match[4][0])]) if match[4] else b""

    undone = _BACKSLASH.sub(byte, text)
    return _latin1(undone) if b"\xc3" in text else undone


def _styles(text: bytes) -> bytes:
    """CSS takes up to six hex digits, and a space that ends them."""
    return _CSS.sub(lambda match: bytes([value]) if (value := int(match[1], 16)) < 256 else b"?", text)


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


def _utf7(text: bytes) -> bytes:
    return text.decode("utf-7", "ignore").encode("latin-1", "ignore")


_HEX = b"0123456789abcdefABCDEF"
# the sign that an escape begins with, what may stand behind it, the whole, and how all are undone
_ESCAPES: tuple[tuple[str, bytes, re.Pattern[bytes], Callable[[bytes], bytes]], ...] = (
    ("\\", b"xuU0123", re.compile(rb"\\[xuU0-3]"), _backslashes),
    ("\\", _HEX, re.compile(rb"\\[0-9a-fA-F]{2}"), _styles),
    ("&", b"#", _ENTITY, _entities),
    ("%", _HEX, re.compile(rb"%[0-9a-fA-F]{2}"), urllib.parse.unquote_to_bytes),
    ("=", b"89ABCDEF", re.compile(rb"=[89A-F][0-9A-F]"), quopri.decodestring),
    ("+", b"A", re.compile(rb"\+A[A-P][A-Za-z0-9+/]"), _utf7),
)
