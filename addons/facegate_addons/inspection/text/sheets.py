"""A code in a style sheet or script whose letters stand between other elements, comments or instructions.

In SVG and XHTML, and in SVG within HTML, the sheet is what stands in the text nodes of the `style` element itself; what
is between them is dropped, with all that is in it. Whoever asks for the text of an element has what is in it too. Both
are read here, as XML says where markup ends and as HTML does. Only where short pieces with capitals and digits stand
between tags, which is nowhere in an ordinary page with a sheet.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from facegate_addons.inspection.text import literals

LEAST = 400  # characters: the smallest JPEG of a face has 800
LONGEST, MANY = 2_000, 3  # characters of a piece, and pieces near each other
_NAMES = (b"style", b"script")
# quotes count where values stand; each of the parts begins with another character, so that no hostile tag takes long
_REST = rb"""(?P<rest>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>"""
_XML = re.compile(
    rb"<!--(?:.*?-->|.*)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<\?(?:.*?\?>|.*)"
    rb"|<(?P<end>/?)(?P<name>[^\s<>/=!?][^\s<>/=]*+)" + _REST,
    re.DOTALL,
)
_HTML = re.compile(
    rb"<!--(?:-?>|.*?--!?>|.*)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<(?:[!?]|/(?![a-zA-Z]))[^>]*+>"
    rb"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s<>/=]*+)" + _REST,
    re.DOTALL,
)


@dataclass(slots=True)
class _Element:
    name: bytes
    is_sheet: bool
    own: list[bytes] = field(default_factory=list)  # text nodes


def sheets(text: bytes) -> Iterator[tuple[bytes, ...]]:
    """Of each sheet or script its text nodes, and where they differ all text that is in it."""
    lower = text.lower() if b"<" in text else b""
    if not any(name in lower for name in _NAMES):
        return
    bare = text.translate(None, b" \t\r\n\f")
    if not literals.dense(bare, *literals.pieces(bare, ord(">"), ord("<"), LONGEST), MANY):
        return
    seen: set[tuple[bytes, ...]] = set()
    for markup in (_XML, _HTML):
        for readings in _contents(text, markup):
            if readings not in seen:
                seen.add(readings)
                yield readings


def _contents(text: bytes, markup: re.Pattern[bytes]) -> Iterator[tuple[bytes, ...]]:
    open_elements: list[_Element] = []
    names: Counter[bytes] = Counter()
    every: list[bytes] = []  # pieces of text in the outermost sheet
    depth = end = 0  # sheets within one another

    def said(piece: bytes) -> None:
        if piece and depth:
            every.append(piece)
            if open_elements[-1].is_sheet:
                open_elements[-1].own.append(piece)

    for found in markup.finditer(text):
        said(text[end : found.start()])
        said(found["data"] or b"")
        end = found.end()
        name = (found["name"] or b"").lower()
        if not name:
            continue
        if not found["end"]:
            if not found["rest"].endswith(b"/"):
                element = _Element(name, name.rpartition(b":")[2] in _NAMES)
                open_elements.append(element)
                names[name] += 1
                depth += element.is_sheet
        elif names[name]:  # whatever is open within it ends with it
            ended = b""
            while ended != name:
                element = open_elements.pop()
                ended = element.name
                names[ended] -= 1
                if element.is_sheet:
                    depth -= 1
                    yield from _content(element, [] if depth else every)
                    every = every if depth else []
    said(text[end:])
    for element in reversed(open_elements):
        if element.is_sheet:
            depth -= 1
            yield from _content(element, [] if depth else every)


def _content(element: _Element, every: list[bytes]) -> Iterator[tuple[bytes, ...]]:
    """`every`: of an outermost one all text that is in it."""
    own, whole = b"".join(element.own), b"".join(every)
    if readings := tuple(reading for reading in dict.fromkeys((own, whole)) if len(reading) >= LEAST):
        yield readings
