"""Python's pickles: a program for a small machine, read and never run. Its texts and numbers are written out as a list.

What a bytes object holds has to explain itself, and so does a text whose letters are bytes: that is how Python 3 writes
bytes for Python 2.
"""

import pickletools
import struct
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import sniff
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, bulk
from facegate_addons.inspection.text.charset import as_text

# bytes of a pickle that nobody has to name, in all: 64 x 64 shades. The state of a random generator has 2,500
_SMALL = 4_096
_NUMBER = 8  # bytes of the largest integer that is written out
_TICKS = 4_096  # opcodes between two looks at the clock
# opcode -> how its argument is stored; -1 is a line, -2 two lines
_FIXED = {
    ord(op.code): 0 if op.arg is None else -2 if op.arg.name.endswith("pair") else op.arg.n
    for op in pickletools.opcodes
    if op.arg is None or op.arg.n >= -1
}
# opcode -> bytes of the length in front of its argument
_COUNTED = {
    ord(op.code): {"1": 1, "4": 4, "8": 8}[op.arg.name[-1]]
    for op in pickletools.opcodes
    if op.arg is not None and op.arg.n < -1
}
_TEXTS = frozenset(b"X\x8c\x8d")
_LONGS = frozenset(b"\x8a\x8b")
_NUMBERS = {ord("K"): "<B", ord("M"): "<H", ord("J"): "<i", ord("G"): ">d"}
_STOP = ord(".")


def pickled(source: Source) -> Iterator[Piece]:
    data, listing = source.data, _Listing()
    at = 0
    while data.startswith(b"\x80", at):
        at = listing.add(data, at, source.budget)
    yield from bulk(data, "pickle", LITTLE)
    yield Part(bytes(listing.text), "values", "text/plain; charset=utf-8")
    yield from listing.pieces()
    if data[at:]:
        yield Part(data[at:], "behind the pickle")


class _Listing:
    def __init__(self) -> None:
        self.text = bytearray()
        self.raw: list[bytes] = []

    def pieces(self) -> Iterator[Piece]:
        rest = bytearray()
        for piece in self.raw:
            if sniff.sniff(piece):
                yield Part(piece, "bytes")
            else:
                rest += piece
        yield Note(bytes(rest), "bytes") if len(rest) <= _SMALL else Part(bytes(rest), "bytes")

    def add(self, data: bytes, at: int, budget: Budget) -> int:
        """One pickle from `at` on; returns where it ends. What ends amid an argument raises."""
        text, steps = self.text, 0
        while True:
            steps += 1
            if not steps % _TICKS:
                budget.tick()
            code = data[at]
            at += 1
            size = _FIXED.get(code)
            if size is None:
                at = self._counted(code, data, at)
            elif size < 0:
                for _ in range(-size):
                    end = data.index(b"\n", at) + 1
                    text += data[at:end]
                    at = end
            else:
                if form := _NUMBERS.get(code):
                    text += b"%s, " % repr(struct.unpack_from(form, data, at)[0]).encode()
                at += size
                if at > len(data):
                    raise Unread(Reason.UNDECODABLE, "pickle")
                if code == _STOP:
                    return at

    def _counted(self, code: int, data: bytes, at: int) -> int:
        start = at + _COUNTED[code]
        end = start + int.from_bytes(data[at:start], "little")
        if end > len(data):
            raise Unread(Reason.UNDECODABLE, "pickle")
        value = data[start:end]
        if code in _LONGS and len(value) <= _NUMBER:
            self.text += b"%d, " % int.from_bytes(value, "little", signed=True)
        elif value.isascii() and as_text(value, "") is not None:
            self.text += b"\n" + value + b"\n"
        elif code in _TEXTS:
            self._letters(value)
        elif as_text(value, "") is not None:
            self.text += b"\n" + value.decode("utf-8", "replace").encode() + b"\n"
            self.raw += [value] if len(value) > _NUMBER else []
        else:
            self.raw.append(value)
        return end

    def _letters(self, value: bytes) -> None:
        """Letters that are none, each below 256, are the bytes that they stand for."""
        letters = value.decode("utf-8", "surrogatepass")
        try:
            narrow = letters.encode("latin-1")
        except UnicodeEncodeError:
            narrow = b""
        if as_text(narrow, "") is None:
            self.raw.append(narrow)
        else:
            self.text += b"\n" + letters.encode("utf-8", "replace") + b"\n"
