"""What opening a part of a body yields: its pieces, each to be looked at in turn. The contract of every opener.

An opener is one function for one kind of bytes. It takes a Source and yields, lazily and in any order:

- Part: bytes with a kind of their own; whoever cannot name them withholds the body.
- Note: bytes that a format has room for and no viewer shows. Known things in them count; what nobody can name does not.
- Picture: pixels that only a renderer or a video decoder has.
- Unread: what could not be looked at; the body is then unreadable, unless a face elsewhere in it withholds it already.

Everything the format can carry has to be among the pieces, the gaps between its members included. The budget is asked
*before* anything grows: `budget.decoded(n)` for bytes that were compressed, `budget.frame(w, h)` for pixels,
`budget.tick()` in long loops; `budget.room` says how much may still be decoded. Bytes that are a plain slice of the
source cost nothing. An opener raises Unread when it can say why, and anything else when the bytes are not what they
say: the walk makes UNDECODABLE of it and searches the bytes for pictures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from facegate_addons.detection.picture import Picture
from facegate_addons.inspection.budget import Budget, Unread


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes to be opened. `kind` is what sniff.py calls them; `content_type` what their container or head says."""

    data: bytes
    kind: str
    budget: Budget
    min_face: int  # pixels: the shorter side of the smallest face that has to be found
    content_type: str = ""
    inits: tuple[bytes, ...] = ()  # init segments that the same job was given: one may belong to a video segment


@dataclass(frozen=True, slots=True)
class Part:
    """`where` is ours to write ("member 3"), never a name from the file: it reaches the ledger."""

    data: bytes
    where: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    data: bytes
    where: str = ""


type Piece = Part | Note | Picture | Unread
type Opener = Callable[[Source], Iterator[Piece]]
