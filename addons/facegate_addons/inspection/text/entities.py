"""A document with the entities of its own DTD put in place, as each XML parser hands it to a viewer.

They are few and flat in what people write. What stands for more than is read is refused, as viewers do.
"""

import html
import re

from facegate_addons.inspection.text import shares

EXPANDED = 16 << 20  # bytes that a document may have then
DEEP = 32  # entities within one another
# comments, instructions and other declarations are passed over whole: what stands in them declares nothing
_DECLARED = re.compile(
    rb"<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)|<!ATTLIST\b(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>"
    rb"|<!ENTITY\s+(%\s+)?([^\s%&;<>\"']+)\s+(?:\"([^\"]*)\"|'([^']*)')",
    re.DOTALL,
)
_GENERAL = re.compile(rb"&([^\s%&;<>\"'#]++);")
_PARAMETER = re.compile(rb"%([^\s%&;<>\"']++);")
_NUMBER = re.compile(rb"&#(?:[0-9]{1,7}|x[0-9a-fA-F]{1,6});")


class Excessive(ValueError):
    """It stands for too much, or for itself."""


def expanded(text: bytes) -> bytes:
    """`text`, when it declares none. Raises Excessive."""
    if not shares.has(text, b"<!ENTITY"):
        return text
    most = len(text) + EXPANDED
    for _ in range(DEEP):  # declarations may stand in parameters
        inner = _put(text, _values(text, parameters=True), _PARAMETER, most)
        if inner == text:
            break
        text = inner
    else:
        raise Excessive
    return _put(text, _values(text, parameters=False), _GENERAL, most)


def _values(text: bytes, *, parameters: bool) -> dict[bytes, bytes]:
    """The first declaration counts."""
    found: dict[bytes, bytes] = {}
    for match in _DECLARED.finditer(text):
        if match[2] and bool(match[1]) is parameters:
            found.setdefault(match[2], _NUMBER.sub(_number, match[3] or match[4] or b""))
    return found


def _number(match: re.Match[bytes]) -> bytes:
    return html.unescape(match[0].decode("ascii")).encode("utf-8", "replace")


def _put(text: bytes, values: dict[bytes, bytes], reference: re.Pattern[bytes], most: int) -> bytes:
    """`most`: bytes of the text and of all values together."""
    known: dict[bytes, bytes] = {}
    left = most - len(text)

    def whole(name: bytes, deep: int) -> bytes:
        if deep > DEEP:
            raise Excessive
        if name not in known:
            known[name] = put(values[name], deep)
        return known[name]

    def put(piece: bytes, deep: int) -> bytes:
        nonlocal left
        kept: list[bytes] = []
        end = 0
        for match in reference.finditer(piece):
            if match[1] in values:
                value = whole(match[1], deep + 1)
                left -= len(value)
                if left < 0:
                    raise Excessive
                kept += piece[end : match.start()], value
                end = match.end()
        return b"".join([*kept, piece[end:]])

    return put(text, 0) if values else text
