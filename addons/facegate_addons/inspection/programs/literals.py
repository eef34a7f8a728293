"""A script with WebAssembly in a string, each byte as the character of its number: too many controls for a text."""

import re
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Part, Piece, Source

_BEGIN = re.compile(rb"(['\"`])(?:\\0|\\x00|\0)asm\x01")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u00([0-9a-fA-F]{2})|([\s\S]))")
_PLAIN = {"0": "\0", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": ""}


def literals(source: Source) -> Iterator[Piece]:
    """The script without its strings of that kind, and each as the bytes that it says."""
    data, rest, at = source.data, bytearray(), 0
    while match := _BEGIN.search(data, at):
        source.budget.tick()
        end = _end(data, match.end(), match[1][0])
        rest += data[at : match.start()] + b"''"
        letters = data[match.start() + 1 : end].decode("utf-8")
        source.budget.decoded(len(letters))
        yield Part(_ESCAPE.sub(_said, letters).encode("latin-1"), "string")
        at = end + 1
    yield Part(bytes(rest + data[at:]), "script", source.content_type)


def _end(data: bytes, at: int, quote: int) -> int:
    """Where the string ends: at the next quote with no backslash, or an even number of them, in front."""
    while (at := data.find(quote, at)) >= 0:
        before = data[max(0, at - 64) : at]
        if (len(before) - len(before.rstrip(b"\\"))) % 2 == 0:
            return at
        at += 1
    raise Unread(Reason.UNDECODABLE, "literals")


def _said(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _PLAIN.get(match[3], match[3])
