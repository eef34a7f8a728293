"""A code as its reader has it: without the references, escapes, comments and designations that part its letters.

A browser drops white space from a URL's base64, however it was written, and text nodes lose what stands between them.
Nothing here is a guess: each form is what a reader of HTML, XML, CSS, a script or JSON takes the text for.
"""

import html
import re
import urllib.parse
from collections.abc import Iterable, Iterator

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.entities import expanded
from facegate_addons.inspection.text.stretches import LETTERS, stretches, table

LEAST = 400  # characters of a code with what parts it: the smallest JPEG of a face has 800 without
MANY = 4  # references, escapes, or pieces of markup, under which a piece of the code is a run of its own
ROUNDS = 4  # one spelling within another: a page in an attribute, a page in JSON
_SPACE = b" \t\r\n\f"
_STRETCH = table(LETTERS + b"+/-_=&#;%\\{}" + _SPACE)
# ISO 2022, and lines of a script that go on behind a separator of Unicode
_DESIGNATION = re.compile(rb"\x1b[ -/]*[0-~]|\\\xe2\x80[\xa8\xa9]")
_SCRIPT = re.compile(
    rb"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{0*([0-9a-fA-F]{1,4})\}|([0-3]?[0-7]{1,2})"
    rb"|\r\n?|\n|\xe2\x80[\xa8\xa9]|([^\r\n]))"
)
_CONTROLS = dict(zip(b"bfnrtv", b"\b\f\n\r\t\v", strict=True))
_STYLE = re.compile(rb"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|\r\n?|[\n\f]|([^\r\n\f]))")


def rewritten(text: bytes) -> Iterator[bytes]:
    """Texts that stand for this one, each to be looked at as a whole. Raises Excessive."""
    if (b"\x1b" in text or b"\\\xe2\x80" in text) and (plain := _DESIGNATION.sub(b"", text)) != text:
        yield plain
    if (whole := expanded(text)) != text:
        yield whole


def parted(text: bytes, bare: Iterable[bytes], sheets: Iterable[tuple[bytes, ...]]) -> Iterator[tuple[bytes, ...]]:
    """Codes that are whole again, without white space, and bytes that were percent-encoded: of the same letters
    every reading together. `bare`, `sheets`: the text `unmarked`, and its `sheets.sheets`."""
    for piece in stretches(text, _STRETCH, LEAST):
        many = piece.count(b"&") + piece.count(b"\\") + piece.count(b"%") >= MANY
        if many and (readings := tuple(undone(piece))):
            yield readings
    for form in bare:
        for piece in stretches(form, _STRETCH, LEAST):
            yield (piece.translate(None, _SPACE), *undone(piece))
    for both in sheets:
        pieces = [piece for sheet in both for piece in stretches(sheet, _STRETCH, LEAST)]
        yield tuple(reading for piece in pieces for reading in (piece.translate(None, _SPACE), *undone(piece)))


def undone(piece: bytes) -> Iterator[bytes]:
    """The readings of a stretch of letters, references and escapes."""
    seen = {piece}
    for kinds in READINGS if b"\\" in piece else READINGS[:1]:
        out = piece
        for kind in kinds:
            before = out
            out = once(out, kind)
            if out == before and b"%" in out:
                out = urllib.parse.unquote_to_bytes(out.translate(None, b"\t\r\n\f"))
            if out == before or not out.isascii():
                break
        if out not in seen:
            seen.add(out)
            yield out.translate(None, _SPACE) if out.isascii() else out


# scripts and JSON, CSS, and CSS in JSON
READINGS = ((_SCRIPT,) * ROUNDS, (_STYLE,) * ROUNDS, (_SCRIPT, *(_STYLE,) * (ROUNDS - 1)))


def once(text: bytes, kind: re.Pattern[bytes]) -> bytes:
    """References of HTML and XML undone, then escapes of this kind."""
    if b"&" in text:
        text = html.unescape(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    if b"\\" not in text:
        return text
    letters = _Letters(kind)
    return kind.sub(lambda match: letters[match[0]], text)


class _Letters(dict[bytes, bytes]):
    """What each escape stands for: few differ, however many there are."""

    def __init__(self, kind: re.Pattern[bytes]):
        super().__init__()
        self._kind = kind

    def __missing__(self, escape: bytes) -> bytes:
        self[escape] = letter = self._letter(escape)
        return letter

    def _letter(self, escape: bytes) -> bytes:
        match = self._kind.fullmatch(escape)
        *numbers, one = match.groups() if match else (None,)
        for place, digits in enumerate(numbers):
            if digits:
                value = int(digits, 8 if place == _OCTAL else 16)
                return bytes([value]) if value < 128 else b"?"
        if not one:
            return b""  # a line goes on
        return bytes([_CONTROLS.get(one[0], one[0])]) if self._kind is _SCRIPT else one


_OCTAL = 3  # which of _SCRIPT's groups


def unmarked(text: bytes) -> Iterator[bytes]:
    """Without the comments, the borders of CDATA and the instructions between text nodes, as XML and HTML end them."""
    comments, borders, instructions = (shares.times(text, sign) for sign in (b"<!--", b"<![CDATA[", b"<?"))
    if comments + borders + instructions < MANY:
        return
    bare = _cut(text, b"<!--", b"-->", 2) if comments else text
    bare = bare.replace(b"]]>", b"").replace(b"<![CDATA[", b"") if borders else bare
    yield (in_xml := _cut(bare, b"<?", b"?>", 2) if instructions else bare)
    if instructions and (in_html := _cut(bare, b"<?", b">", 2)) != in_xml:
        yield in_html


def _cut(text: bytes, opening: bytes, closing: bytes, least: int) -> bytes:
    """Without what stands between; `least`: characters of an opening that belong to no closing."""
    kept, end = [], 0
    while (at := text.find(opening, end)) >= 0 and (close := text.find(closing, at + least)) >= 0:
        kept.append(text[end:at])
        end = close + len(closing)
    return b"".join([*kept, text[end:]]) if kept else text
