"""Pictures written as text: which spellings are looked for, and where.

Fast, because most bodies are text. Long runs and pieces that begin as pictures do are looked for everywhere, all else
only where more capitals and digits stand than words have. What a run decodes to is the walk's to judge; here is only
the spelling.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from facegate_addons.inspection.text import disguise, hexes, shares
from facegate_addons.inspection.text.alphabets import alphabets
from facegate_addons.inspection.text.bases import bases
from facegate_addons.inspection.text.charset import as_text
from facegate_addons.inspection.text.dumps import dumps
from facegate_addons.inspection.text.entities import Excessive
from facegate_addons.inspection.text.literals import literals
from facegate_addons.inspection.text.noise import noise
from facegate_addons.inspection.text.numbers import numbers
from facegate_addons.inspection.text.pages import pages
from facegate_addons.inspection.text.parted import parted, rewritten, unmarked
from facegate_addons.inspection.text.percents import percents
from facegate_addons.inspection.text.pieces import LINE, columns, lines, scattered
from facegate_addons.inspection.text.radix import numerals, radix
from facegate_addons.inspection.text.reals import reals
from facegate_addons.inspection.text.sheets import sheets
from facegate_addons.inspection.text.signs import signs
from facegate_addons.inspection.text.spelled import Run, spelled
from facegate_addons.inspection.text.squeeze import SPACE, joins, squeeze
from facegate_addons.inspection.text.stretches import LETTERS, dense, stretches, table
from facegate_addons.inspection.text.tokens import tokens

__all__ = ["Run", "runs"]

# characters: shorter runs cannot hold a picture of a face (the smallest JPEG of a 12-pixel face needs 800)
RUN = 200
_BASE64 = table(LETTERS + b"+/-_=")
_NOTHING_KNOWN = b"\0"


def runs(text: bytes) -> Iterator[Run]:
    """Everything in `text` that may be a picture in other letters."""
    yield from _runs(text)
    try:
        for form in rewritten(text):
            yield from _runs(form)
    except Excessive:
        yield Run(_NOTHING_KNOWN, "entities", opaque=True)


def _runs(text: bytes) -> Iterator[Run]:
    pieces = list(stretches(text, _BASE64, LINE))
    plain = {piece for piece in pieces if len(piece) >= RUN}
    for piece in pieces:
        if len(piece) >= RUN:
            yield from spelled(piece)
    yield from lines(pieces)
    yield from columns(text)
    if code := dense(text):
        known: list[bytes] = []
        yield from _coded(code, plain, known)
        bare = code
        for piece in known:  # its letters are no escapes
            bare = bare.replace(piece, b"\n")
        for form in disguise.escaped(code):
            yield Run(form, "escapes", searched=True)
            if bare is code:
                yield from _coded(form, plain, [])
        for form in disguise.escaped(bare) if bare is not code else ():
            yield from _coded(form, plain, [])
    unmarked_too, sheeted = tuple(unmarked(text)), tuple(sheets(text))
    for readings in parted(text, unmarked_too, sheeted):
        for form in readings:
            yield from _whole(form, plain, guessed=len(readings) > 1)
    yield from literals(text)
    for data in percents(text, (*unmarked_too, *chain.from_iterable(sheeted))):
        yield Run(data, "percent", searched=as_text(data, "") is None, guessed=True)
    yield from tokens(text)
    yield from hexes.pairs(text)
    yield from bases(text)
    yield from alphabets(text)
    yield from pages(text)
    yield from noise(text)
    for data in disguise.latin1(text):
        yield Run(data, "escapes", searched=True)


def _whole(form: bytes, plain: set[bytes], *, guessed: bool) -> Iterator[Run]:
    """A code whose letters stood apart; what nobody knows says as little as it did in pieces."""
    if not form.isascii():
        yield Run(form, "escapes", searched=True, guessed=guessed)
        return
    for piece in stretches(form, _BASE64, RUN):
        if piece not in plain:
            for run in spelled(piece.replace(b"=", b"")):
                yield replace(run, opaque=False, guessed=guessed or run.guessed)


def _coded(code: bytes, plain: set[bytes], known: list[bytes]) -> Iterator[Run]:
    mixed, sixteenths = shares.mixed(code), shares.sixteenths(code)
    yield from scattered(code, mixed, sixteenths)
    if joins(code, RUN):
        squeezed = squeeze(code)
        for piece in stretches(squeezed, _BASE64, RUN):
            if piece not in plain:
                yield from spelled(piece.replace(b"=", b""))
        if mixed or sixteenths:
            yield from _rejoined(code, squeezed)
    else:
        for part in {mixed, sixteenths} - {b""}:
            yield from _rejoined(part, squeeze(part))
    yield from signs(code)
    yield from numbers(code)
    yield from hexes.wide(code)
    yield from reals(code)
    yield from dumps(code)
    yield from radix(mixed.translate(None, b"\r\n"), known)
    yield from numerals(code.translate(None, b"\r\n"))
    yield from _uuencoded(mixed)


def _rejoined(text: bytes, squeezed: bytes) -> Iterator[Run]:
    if len(squeezed) != len(text.translate(None, SPACE)):
        yield from scattered(squeezed, shares.mixed(squeezed), shares.sixteenths(squeezed))


_UU = re.compile(rb"(?:\nM[ -`]{60}\r?)(?:\nM[ -`]{60}\r?){3,}(?:\n[ -`]{1,61}\r?)?")


def _uuencoded(text: bytes) -> Iterator[Run]:
    for match in _UU.finditer(b"\n" + text):
        pieces = []
        for line in match[0].strip(b"\r\n").split(b"\n"):
            try:
                pieces.append(binascii.a2b_uu(line.rstrip(b"\r")))
            except binascii.Error:
                break
        yield Run(b"".join(pieces), "uuencode", True)
