"""Which bytes of a file its index accounts for, and what is left: gaps, trailers, overlaps."""

from collections.abc import Iterable, Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Note, Part

# bytes left over that need no name: alignment, a version string. A picture of a face needs more
SLACK = 256


def gaps(data: bytes, spans: Iterable[tuple[int, int]], kind: str, *, shared: bool = False) -> Iterator[Part | Note]:
    """What (start, end) `spans` leave of `data`, as one piece, without padding.

    Members that overlap are refused, unless `shared`. A member that another repeats whole is no overlap: collections
    of fonts share their tables.
    """
    left = bytearray()
    at = 0
    for start, end in sorted(set(spans)):
        if not 0 <= start <= end <= len(data):
            raise Unread(Reason.UNDECODABLE, kind)
        if start < at and start != end and not shared:
            raise Unread(Reason.UNDECODABLE, f"{kind}: overlap")
        left += data[at:start].strip(b"\0")
        at = max(at, end)
    rest = bytes(left + data[at:].strip(b"\0"))
    if rest:
        yield Part(rest, "between members") if len(rest) > SLACK else Note(rest, "between members")
