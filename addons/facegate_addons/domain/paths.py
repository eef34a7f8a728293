"""Paths of requests, and the patterns they fit: `/news/` for all below it, `/a.html` alone, `*` for any characters.
Pure.

Servers disagree on what an odd path means, so what could mean another path to one of them has no normal form.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote_to_bytes

LONGEST = 8_192  # characters: what common servers take (RFC 9112, 3, wants 8,000); undoing escapes takes time
_ALLOWED = re.compile(
    r"/(?:[!$&-\[\]-~]++|%[0-9A-Fa-f]{2})*+"
)  # printable ASCII without space " # and \; whole escapes
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
# What is left after that and may not be: encoded slashes, backslashes and controls; escapes of escapes.
_ODD = re.compile(r"%(?:2F|5C|[01][0-9A-F]|7F|25(?=[0-9A-Fa-f]{2}))")
_DOTS = re.compile(r"/\.{1,2}(?:;|%3B|/|$)")  # some servers take "/..;x/" for "/../"
_SLASHES = re.compile("[\\\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68]")  # what code pages take for / and \
# Unicode's Default_Ignorable_Code_Point and the other format characters: some servers leave them out.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_END = re.compile("[;?#]")  # where some servers end a segment that was decoded


def normal_path(target: str) -> str | None:
    """The path of a request target in origin form: without its query, unreserved characters bare, escapes in
    capitals. None for what is no such path, or could be understood as another one."""
    path = target.partition("?")[0]
    if len(path) > LONGEST or not _ALLOWED.fullmatch(path):
        return None
    if "%" in path:
        path = _ESCAPE.sub(_bare, path)
        if _ODD.search(path) or ("%" in path and _reads_otherwise(path)):
            return None
    return None if _DOTS.search(path) else path


def _reads_otherwise(path: str) -> bool:
    """Does it have other segments for a server that decodes it, folds look-alikes, or leaves out what is not seen?"""
    try:
        text = unquote_to_bytes(path).decode()  # strict: no overlong forms, no bytes of a character that is not there
    except UnicodeDecodeError:
        return True
    if not text.isascii():
        if _SLASHES.search(text):
            return True
        text = _IGNORABLE.sub("", unicodedata.normalize("NFKC", text))
        if text.count("/") != path.count("/") or "\\" in text or _ESCAPE.search(text):
            return True
    return any(_goes_up(_END.split(segment, maxsplit=1)[0]) for segment in text.split("/"))


def _goes_up(segment: str) -> bool:
    """Dots alone, one or two; or any number with spaces, which file systems cut off."""
    dots = "".join(segment.split())
    return dots in (".", "..") or (dots != segment and dots != "" and not dots.strip("."))


def path_matches(patterns: tuple[str, ...], target: str) -> bool:
    """`patterns` are normal paths, but for their "*"."""
    path = normal_path(target)
    return path is not None and any(_fits(pieces, path) for pieces in _pieces(patterns))


@lru_cache(maxsize=1_024)
def _pieces(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple((f"{p}*" if p.endswith("/") else p).split("*")) for p in patterns)


def _fits(pieces: tuple[str, ...], path: str) -> bool:
    """The pieces between the stars, each at its first place behind the last: no way back, so no pattern is slow."""
    first, *middle = pieces
    if not middle:
        return path == first
    last = middle.pop()
    if not path.startswith(first) or not path.endswith(last):
        return False
    at, end = len(first), len(path) - len(last)
    for piece in middle:
        found = path.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end


def _bare(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()
