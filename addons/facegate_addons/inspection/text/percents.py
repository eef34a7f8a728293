"""Percent-encoded bytes, wherever their URL begins and however its signs are written.

No scheme, quote or end of a URL is looked for: each can be written in too many ways. A text in which so many bytes are
percent-encoded near each other, once its references, escapes and joints are undone, is decoded as a whole; what comes
out is searched, or is a text in its turn.
"""

import re
import urllib.parse
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.parted import READINGS, once

MANY, WITHIN = 300, 8 << 10  # encoded bytes, in so many characters: the smallest JPEG of a face has 500 in 2,000
_DROPPED = b"\t\r\n\f"  # by URL parsers
_JOINT = re.compile(rb"([\"'`])\s*\+\s*\1")
_HEX = b"0123456789abcdefABCDEF"
_IS_HEX = np.isin(np.arange(256), np.frombuffer(_HEX, np.uint8))
# what stands behind a sign that is, or is written for, a per cent sign
_BEHIND = {sign: np.isin(np.arange(256), np.frombuffer(letters, np.uint8)) for sign, letters in (
    (ord("%"), bytes(range(256))),
    (ord("&"), b"#aAp"),
    (ord("\\"), b"xu{\r\n" + _HEX),
)}  # fmt: skip

type Places = NDArray[np.intp]


def percents(text: bytes, forms: Iterable[bytes]) -> Iterator[bytes]:
    """Each of what `text` may stand for, decoded once. `forms`: what it is without its markup."""
    if sum(shares.count(text, sign) for sign in _BEHIND) < MANY:
        return
    seen: set[bytes] = set()
    for form in (text, *forms):
        if _near(_signs(form.translate(None, _DROPPED + b" "))):
            for reading in _readings(form):
                bare = reading.translate(None, _DROPPED)
                if bare not in seen and _near(_encoded(bare)):
                    seen.add(bare)
                    yield urllib.parse.unquote_to_bytes(bare)


def _signs(text: bytes) -> Places:
    letters = shares.characters(text + b"\0")
    found = [
        places[behind[letters[places + 1]]] for sign, behind in _BEHIND.items() for places in [shares.where(text, sign)]
    ]
    return np.sort(np.concatenate(found))


def _encoded(text: bytes) -> Places:
    letters = shares.characters(text + b"\0\0")
    places = shares.where(text, ord("%"))
    return places[_IS_HEX[letters[places + 1]] & _IS_HEX[letters[places + 2]]]


def _near(places: Places) -> bool:
    """Are there many near each other?"""
    return len(places) >= MANY and bool((places[MANY - 1 :] - places[: len(places) - MANY + 1] <= WITHIN).any())


def _readings(text: bytes) -> Iterator[bytes]:
    for kinds in READINGS if b"\\" in text else READINGS[:1]:
        out = text
        for kind in kinds:
            before = out
            out = once(out, kind)
            if out == before:
                break
        yield out
        if (joined := _JOINT.sub(b"", out)) != out:
            yield joined
