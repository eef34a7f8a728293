"""The single values of a database, a table or a serialised object, as pieces to be looked at.

There may be a million of them, and a client may join them again. So a value that may be something by itself is a part
of its own, short texts go together as one text, and short bytes as one piece that somebody has to be able to name.
"""

import hashlib
from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import sniff
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.text.charset import as_text

# bytes from which a text is one of its own: a drawing of a face in SVG needs more
OWN_TEXT = 4 << 10
# bytes of plain ASCII under which a value is words, whatever magic it begins with: most are, and this is soon seen
WORDS = 200
_PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"
# bytes of a value under which it is a key, a hash or an id; together they may still be a picture
SHORT = 64
# bytes of all short values together from which they have to be named: ids of a few records are less
TOGETHER = 1 << 10
BATCH = 1 << 20  # bytes of short texts in one piece
# numbers in one list, and in all lists of a few numbers, from which they may be pixels: 16 x 16 is no face yet
NUMBERS = 256
LISTED = 1 << 10
FEW = 8  # numbers: a position, a box, a colour


class Leaves:
    def __init__(self, budget: Budget):
        self._budget = budget
        self._texts = bytearray()
        self._short = bytearray()
        self._listed = 0
        self._seen: set[bytes] = set()

    def add(self, value: bytes | str) -> Iterator[Piece]:
        data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        self._budget.decoded(len(data))
        if not data:
            return
        if len(data) < WORDS and data.isascii() and not data.translate(None, _PRINTABLE):
            self._texts += b"\n" + data
            if len(self._texts) >= BATCH:
                yield self._batch()
        elif len(data) >= OWN_TEXT or sniff.sniff(data) or b"<svg" in data.lower():
            yield from self._own(data)
        elif (text := as_text(data, "")) is not None:
            self._texts += b"\n" + text
            if len(self._texts) >= BATCH:
                yield self._batch()
        elif len(data) >= SHORT:
            yield from self._own(data)
        else:
            self._short += data

    def numbers(self, count: int, octets: bytes = b"") -> Iterator[Piece]:
        """A list of nothing but numbers; as `octets`, where each of them is a byte."""
        if count >= FEW:
            self._listed += count
        if count < NUMBERS and self._listed < LISTED:
            return
        self._listed = 0
        yield Unread(Reason.UNSUPPORTED_TYPE, "numbers")
        if octets:
            yield Part(octets, "numbers")

    def close(self) -> Iterator[Piece]:
        if self._texts:
            yield self._batch()
        if len(self._short) >= TOGETHER:
            yield Part(bytes(self._short), "short values")
        elif self._short:
            yield Note(bytes(self._short), "short values")
        self._short.clear()

    def _own(self, data: bytes) -> Iterator[Piece]:
        """Once is enough: defaults and dictionaries repeat a value for every row."""
        digest = hashlib.blake2b(data, digest_size=32).digest()
        if digest not in self._seen:
            self._seen.add(digest)
            yield Part(data, "value")

    def _batch(self) -> Piece:
        data = bytes(self._texts)
        self._texts.clear()
        return Part(data, "values", "text/plain; charset=utf-8")
