"""base64 whose last two letters are other signs than + and /: as in mailbox names, cookies, file names and URLs.

Which ones is told by their number: of a picture's bytes, each letter is as frequent as every other.
"""

import re
from collections import Counter
from collections.abc import Iterator

from facegate_addons.inspection.text import magics, shares
from facegate_addons.inspection.text.spelled import Run, unpadded
from facegate_addons.inspection.text.stretches import LETTERS

HEADS = 4  # beginnings that are tried
NEAR = 4 << 10  # characters in which the signs are counted
LEAST = 8  # of each there: 64 are to be expected
# a JPEG's beginning has the last letter twice; of other pictures it has neither
_HEAD = re.compile(rb"([^A-Za-z0-9\s/])9j\1(?=[0-9A-Za-z])|" + b"|".join(magics.PICTURES_IN_BASE64[1:]))
_IN_EVERY = (b"9j", *magics.PICTURES_IN_BASE64[1:])  # and in each match one of them, "9j" behind its first character
_USUAL = (b"+/", b"-_")
_OTHERS = bytes(byte for byte in range(256) if byte not in LETTERS)


def signs(code: bytes) -> Iterator[Run]:
    for number, match in enumerate(_heads(code)):
        if number == HEADS:
            return
        counts = Counter(code[match.start() : match.start() + NEAR].translate(None, LETTERS + b" \t\r\n"))
        two = bytes(sign for sign, count in counts.most_common(2) if count >= LEAST)
        for pair in {two, two[::-1]} - {*_USUAL}:
            if len(pair) == 2 and match[1] in (None, pair[1:]):
                letters = code[match.start() :].translate(bytes.maketrans(pair, b"+/"), _noise(pair))
                yield Run(unpadded(letters), "signs", searched=True, guessed=True)


def _heads(code: bytes) -> Iterator[re.Match[bytes]]:
    """As _HEAD.finditer: what has no literal has no match."""
    places = {at - (needle == b"9j") for needle in _IN_EVERY for at in shares.places(code, needle)}
    end = 0
    for at in sorted(places):
        if at >= end and (match := _HEAD.match(code, at)):
            end = match.end()
            yield match


def _noise(pair: bytes) -> bytes:
    return _OTHERS.translate(None, pair)
