"""Code and tables: bytes that a machine reads and no viewer shows.

They are searched, and withheld when too many in a row are as dense as compressed ones. What stays open, for a client
that knows: less than that, encrypted, or any amount of pixels written raw among the constants of a program.
"""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.packed import packed
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.text.charset import as_text

# dense bytes in a row. Ciphers bring tables of random numbers: 148 KB for one elliptic curve, 192 KB in GnuTLS
NATIVE = 256 << 10
PORTABLE = 128 << 10  # in WebAssembly; esbuild has 84 KB
LITTLE = 16 << 10  # in what has no such tables
_DENSE = 7.9  # bits a byte


def bulk(data: bytes, where: str, run: int) -> Iterator[Piece]:
    yield Note(data, where)
    if packed(data, run, _DENSE):
        yield Unread(Reason.UNKNOWN_TYPE)


def named(data: bytes, where: str, run: int, *, known: bool) -> Iterator[Piece]:
    """A piece that its file gives a name. Text is text; of a name nobody knows, it has to explain itself."""
    if len(data) <= SLACK:
        yield Note(data, where)
    elif as_text(data, "") is not None or not known:
        yield Part(data, where)
    else:
        yield from bulk(data, where, run)
