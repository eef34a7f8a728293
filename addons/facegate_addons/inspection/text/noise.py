"""Text among characters that say nothing, in letters of another style, or in two words for the bits of bytes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import numpy as np

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.pages import bits
from facegate_addons.inspection.text.spelled import Run

LEAST = 900  # characters
_BEYOND, _ASCII = bytes(range(128, 256)), bytes(range(128))
_SMALL = bytes(byte for byte in range(128) if not (48 <= byte < 58 or 65 <= byte < 91))
CODE = 0.35  # share of capitals and digits in what is left, under which it is markup around words
_WORD = re.compile(rb"[A-Za-z]+|\d+")
_MIDDLE = 1_000  # characters that tell whether there are but two words
_WORDS = 50


def noise(text: bytes) -> Iterator[Run]:
    if len(text) < LEAST:
        return
    if b"\x1b" in text and b"\x1b$B" in text:
        yield Run(_normal(text.decode("iso2022_jp", "ignore")), "ISO 2022")
    if not text.isascii():
        beyond = shares.total(text, lambda letters: letters > 127)
        if len(text) - beyond >= LEAST and beyond > (len(text) - beyond) // 2:
            plain = text.translate(None, _BEYOND)
            if _is_code(plain):
                yield Run(plain, "noise")
        if beyond >= LEAST and _styled(text) * 8 > len(text):
            yield Run(_normal(text.decode("utf-8", "ignore")), "letters of another style")
    for data in _two_words(text):
        yield Run(data, "words for bits", searched=True, guessed=True)


def _is_code(plain: bytes) -> bool:
    """Of text: a program without its higher bytes is none."""
    return b"\0" not in plain and len(plain.translate(None, _SMALL)) >= CODE * len(plain)


def _styled(text: bytes) -> int:
    """Mathematical and full-width letters."""
    return 4 * shares.times(text, b"\xf0\x9d") + 3 * (shares.times(text, b"\xef\xbc") + shares.times(text, b"\xef\xbd"))


def _normal(characters: str) -> bytes:
    return unicodedata.normalize("NFKC", characters).encode("utf-8", "ignore")


def _two_words(text: bytes) -> Iterator[bytes]:
    if len(text) < 8 * LEAST:
        return
    begin = len(text) // 2
    middle = _WORD.findall(text[begin : begin + _MIDDLE])[1:-1]
    if len(middle) < _WORDS or len(set(middle)) - 2 > 0.1 * len(middle) + 1:  # each other word is there once at least
        return
    common = Counter(middle).most_common(2)
    if len(common) < 2 or common[0][1] + common[1][1] < 0.9 * len(middle):
        return
    (one, _), (other, _) = common
    yield from bits(np.array([word == one for word in _WORD.findall(text) if word in (one, other)], np.bool_))
