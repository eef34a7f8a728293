"""A long run that was broken by escapes, literals or white space is one again."""

import html
import re
import urllib.parse

_JOIN = re.compile(rb"""["'`]\s*[+.&]\s*["'`]""")  # "..." + "..." of scripts, "." and "&" of others
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|u00([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{2})\}|[nrt]|\r?\n)")
MANY = 8  # escapes in a text under which undoing them cannot join a long run


def squeeze(text: bytes) -> bytes:
    """The text with escapes undone, literals joined and white space gone, so that a broken run is one again."""
    out = text
    if out.count(b"&#") > MANY or b"&sol;" in out or b"&plus;" in out or b"&equals;" in out:
        out = html.unescape(out.decode("latin-1")).encode("utf-8")
    if out.count(b"%2") + out.count(b"%3") > MANY:
        out = urllib.parse.unquote_to_bytes(out)
    if b"\\" in out:
        out = _ESCAPE.sub(_unescaped, out)
    if b"\ndata:" in out:
        out = out.replace(b"\ndata:", b"\n")  # server-sent events: one message over many lines
    out = _JOIN.sub(b"", out)
    return out.translate(None, b" \t\r\n\f\\")


def _unescaped(match: re.Match[bytes]) -> bytes:
    digits = match[1] or match[2] or match[3]
    return bytes([int(digits, 16)]) if digits else b""
