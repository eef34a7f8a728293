"""Where in a text a code may stand: long pieces in one alphabet, and blocks with more capitals and digits than words.

One pass of `bytes.translate` maps the text to "may belong to it"; `find` and numpy do the rest.
"""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.text import shares

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BLOCK = 512  # bytes judged together
# share of capitals and digits in a block from which it may be a code: every usual one has more, though half of it were
# noise (base64 56 %, decimal and hex 60 %, base85 42 %, percent-encoded 45 %, \xff 31 %). English has 3 %, scripts 15 %
SHARE = 0.22
# the same, where signs are fewer than FEW: base32 in small letters has 19 %, and 14 % between quotes and commas
LOW, FEW = 0.13, 0.06
# shares of A and of commas in a block of mappings; of random base64 1.6 % are A
ZEROS, COMMAS = 0.12, 0.1


# letters, and what may stand between pieces of a code
_CODE = LETTERS + b"+/-_=\"', \t\r\n"


@cache
def table(alphabet: bytes) -> bytes:
    """Of an alphabet that is written in the code: of any other there would be no end."""
    return bytes(0x41 if byte in alphabet else 0x2E for byte in range(256))


# capitals, digits and the signs that escapes begin with
_SIGNS = b"#%&\\"
_MARKED = bytes(byte in LETTERS[:26] + LETTERS[52:] + _SIGNS for byte in range(256))
# of a stretch, every so many characters are looked at, so that at least so often all of a shorter one are
_STEPS, _OFTEN = (16, 8), 16


def stretches(text: bytes, letters: bytes, least: int) -> Iterator[bytes]:
    """The longest pieces of at least `least` bytes that are made of the characters of a table."""
    step = next((step for step in _STEPS if least >= step * _OFTEN), 0)
    if not step or len(text) < shares.SHORT:
        yield from _stretches(text, letters, least)
        return
    # a stretch has so many of the characters that are looked at, and ends before the one before and the one behind
    sample, some = text[::step].translate(letters), b"A" * (least // step)
    at = sample.find(some)
    while at >= 0:
        end = sample.find(b".", at)
        end = len(sample) if end < 0 else end
        yield from _stretches(text[max((at - 1) * step + 1, 0) : end * step], letters, least)
        at = sample.find(some, end)


def _stretches(text: bytes, letters: bytes, least: int) -> Iterator[bytes]:
    mapped, needle = text.translate(letters), b"A" * least
    at = mapped.find(needle)
    while at >= 0:
        end = mapped.find(b".", at + least)
        end = len(mapped) if end < 0 else end
        yield text[at:end]
        at = mapped.find(needle, end)


def dense(text: bytes) -> bytes:
    """The blocks of `text` that may be a code, each with its neighbours, in order and as one."""
    if len(text) <= 2 * BLOCK:
        return text if text.translate(_MARKED).count(1) >= LOW * len(text) else b""
    whole = len(text) // BLOCK
    marked = shares.counts(text, partial(_marked, signs=[sign for sign in _SIGNS if sign in text]))
    share = marked >= SHARE * BLOCK
    for at in np.flatnonzero((marked >= LOW * BLOCK) & ~share).tolist():
        share[at] = at == whole or len(text[at * BLOCK : (at + 1) * BLOCK].translate(None, _CODE)) < FEW * BLOCK
    if share.any():
        share[:-1] &= ~_mappings(text, whole)
    if not share.any():
        return b""
    wide = share.copy()
    wide[1:] |= share[:-1]
    wide[:-1] |= share[1:]
    if wide.all():
        return text
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wide, [False]])))
    return b"\n".join(text[begin * BLOCK : end * BLOCK] for begin, end in edges.reshape(-1, 2).tolist())


def _marked(letters: NDArray[np.uint8], signs: list[int]) -> NDArray[np.bool_]:
    """As _MARKED says of a text that has no other of the signs: many times as fast as to translate."""
    found: NDArray[np.bool_] = letters - np.uint8(ord("A")) < 26
    found |= letters - np.uint8(ord("0")) < 10
    for sign in signs:
        found |= letters == sign
    return found


def _mappings(text: bytes, blocks: int) -> NDArray[np.bool_]:
    """Blocks of a source map's mappings: short numbers in base64, most of them small, between commas and semicolons."""
    zeros = shares.counts(text, lambda letters: letters == ord("A"))[:blocks]
    commas = shares.counts(text, lambda letters: (letters == ord(",")) | (letters == ord(";")))[:blocks]
    found: NDArray[np.bool_] = (zeros >= ZEROS * BLOCK) & (commas >= COMMAS * BLOCK)
    return found
