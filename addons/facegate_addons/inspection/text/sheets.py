"""A code in a style sheet or script whose letters stand between other elements.

In SVG and XHTML, and in SVG within HTML, the sheet is what stands in the text nodes of the `style` element itself; what
is between them is dropped, with all that is in it. Whoever asks for the text of an element has what is in it too. Both
are read here, to the end of the element, and where elements of that name stand in one another to that of the outermost.
"""

import re
from collections.abc import Iterator
from itertools import islice

LEAST = 400  # characters: the smallest JPEG of a face has 800
MANY = 4  # tags between letters, under which a piece of the code is a run of its own
_NAMES = (b"style", b"script")
_PREFIX = rb"(?:[\w.-]{1,60}:)?"
_OPENING = re.compile(rb"<%s(style|script)\b" % _PREFIX, re.IGNORECASE)
_OF_NAME = {name: re.compile(rb"<(/?)%s%s\b" % (_PREFIX, name), re.IGNORECASE) for name in _NAMES}
_BETWEEN = re.compile(rb"[\w+/=%&;\\-]\s*<[/a-zA-Z_:\x80-\xff]")
_BEGIN = re.compile(rb"<[/a-zA-Z_:\x80-\xff]")
# quotes count where values stand; each of the parts begins with another character, so that no hostile tag takes long
_TAG = re.compile(rb"""<(/?)(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")


def sheets(text: bytes) -> Iterator[tuple[bytes, ...]]:
    """`text` without comments, CDATA and instructions; yields of each sheet or script its text nodes, and where they
    differ all text that is in it."""
    lower = text.lower() if b"<" in text else b""
    if not any(name in lower for name in _NAMES):
        return
    end = 0
    while (opening := _OPENING.search(text, end)) and (tag := _TAG.match(text, opening.start())):
        end = tag.end()
        if _empty(tag):
            continue
        end = _end(text, end, opening[1].lower())
        content = text[tag.end() : end]
        if len(content) >= LEAST and _divided(content):
            own, whole = _without_tags(content)
            yield (own,) if own == whole else (own, whole)


def _end(text: bytes, start: int, name: bytes) -> int:
    """Where the element ends whose content begins at `start`."""
    depth = 1
    while found := _OF_NAME[name].search(text, start):
        start = found.end()
        if found[1]:
            depth -= 1
        elif tag := _TAG.match(text, found.start()):
            depth += not _empty(tag)
            start = tag.end()
        else:
            break
        if not depth:
            return found.start()
    return len(text)


def _divided(content: bytes) -> bool:
    return len(list(islice(_BETWEEN.finditer(content), MANY))) == MANY


def _without_tags(content: bytes) -> tuple[bytes, bytes]:
    """The text that stands in no other element, and all text."""
    own, whole = [], []
    end, depth = 0, 0
    while (begin := _BEGIN.search(content, end)) and (tag := _TAG.match(content, begin.start())):
        piece = content[end : tag.start()]
        whole.append(piece)
        if not depth:
            own.append(piece)
        if tag[1]:
            depth = max(depth - 1, 0)
        elif not _empty(tag):
            depth += 1
        end = tag.end()
    rest = content[end:]
    return b"".join(own if depth else [*own, rest]), b"".join([*whole, rest])


def _empty(tag: re.Match[bytes]) -> bool:
    return tag.string[tag.end() - 2 : tag.end()] == b"/>"
