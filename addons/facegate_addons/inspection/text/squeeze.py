"""A long run that was broken by escapes, literals or white space is one again."""

import html
import re
import urllib.parse

import numpy as np

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.stretches import LETTERS, table

# "..." + "..." of scripts, "." and "&" of others, and nothing at all, when white space is gone
_JOINTS = {
    b'"': (b'"+"', b'"."', b'"&"', b'""'),
    b"'": (b"'+'", b"'.'", b"'&'", b"''"),
    b"`": (b"`+`",),
}
_POINT = re.compile(rb"[\"'][ \t\r\n\f\\]*[.&][ \t\r\n\f\\]*[\"']")
_COMMENTS = (
    (b"*/", re.compile(rb"/\*[^*]{0,200}\*+/")),
    (b"-->", re.compile(rb"<!--.{0,200}?-->", re.DOTALL)),
    (b"----", re.compile(rb"-----[A-Z ]{5,40}-----")),
)
_BRACED = re.compile(rb"\\u\{0*([0-9a-fA-F]{2})\}")
_SIXTEEN = np.array(["0123456789abcdef".find(chr(byte).lower()) & 255 for byte in range(256)], np.uint8)
_SIGNS = re.compile(rb"\\0{0,4}(2[bBfF]|3[dD])[ \t\f]?")  # of base64, in CSS
SPACE = b" \t\r\n\f\\"
NOISE = 0.26  # share of backslashes from which they are no escapes but stand between letters
MANY = 8  # escapes in a text under which undoing them cannot join a long run


def joins(text: bytes, least: int) -> bool:
    """Can `squeeze` make a run of so many letters? Not where they stand between what it leaves."""
    if shares.has(text, b"\ndata:") or any(shares.has(text, sign) for sign, _ in _COMMENTS):
        return True
    kept = LETTERS + b"+/-_=\"'`" + SPACE
    if any(quote in text for quote in _JOINTS) and _POINT.search(text):
        kept += b".&"
    if _has_entities(text):
        kept += b"&#;"
    if _has_percents(text):
        kept += b"%"
    if shares.has(text, b"\\u{"):
        kept += b"{}"
    return b"A" * least in text.translate(table(kept))


def _has_entities(text: bytes) -> bool:
    return shares.count(text, ord("&")) > 0 and (
        shares.times(text, b"&#") > MANY or any(shares.has(text, name) for name in (b"&sol;", b"&plus;", b"&equals;"))
    )


def _has_percents(text: bytes) -> bool:
    return shares.count(text, ord("%")) > MANY and shares.times(text, b"%2") + shares.times(text, b"%3") > MANY


def squeeze(text: bytes) -> bytes:
    """The text with escapes undone, literals joined and white space gone, so that a broken run is one again."""
    out = text
    if _has_entities(out):
        out = html.unescape(out.decode("latin-1")).encode("utf-8")
    if _has_percents(out):
        out = urllib.parse.unquote_to_bytes(out)
    if 0 < shares.count(out, ord("\\")) < NOISE * len(out):
        for sign in (b"\\n", b"\\r", b"\\t"):  # the most frequent by far
            if shares.has(out, sign):
                out = out.replace(sign, b"")
        out = _unescaped(out)
    if shares.has(out, b"\ndata:"):
        out = out.replace(b"\ndata:", b"\n")  # server-sent events: one message over many lines
    for sign, comment in _COMMENTS:
        if shares.has(out, sign):
            out = comment.sub(b".", out) if sign == b"----" else comment.sub(b"", out)
    out = out.translate(None, SPACE)
    for quote in (b'"', b"'", b"`"):
        if quote in out:
            for joint in _JOINTS[quote]:
                if shares.has(out, joint):
                    out = out.replace(joint, b"")
    return out


def _unescaped(text: bytes) -> bytes:
    """Line ends and bytes alone, all at once."""
    if shares.has(text, b"\\u{"):
        text = _BRACED.sub(lambda match: bytes([int(match[1], 16)]), text)
    if any(shares.has(text, sign) for sign in (b"\\0", b"\\2", b"\\3")):
        text = _SIGNS.sub(lambda match: bytes([int(match[1], 16)]), text)
    letters = shares.characters(text + bytes(6)).copy()
    signs = np.flatnonzero(letters == ord("\\"))
    kept = np.ones(len(letters), np.bool_)
    kept[-6:] = False
    for opening in (b"x", b"u00"):
        found = signs[np.logical_and.reduce([letters[signs + 1 + at] == byte for at, byte in enumerate(opening)])]
        first = found + 1 + len(opening)
        high, low = _SIXTEEN[letters[first]], _SIXTEEN[letters[first + 1]]
        found = found[whole := (high < 16) & (low < 16)]
        letters[found] = (high << 4 | low)[whole]
        for at in range(1, len(opening) + 3):
            kept[found + at] = False
    return letters[kept].tobytes().replace(b"\\\n", b"").replace(b"\\\r\n", b"")
