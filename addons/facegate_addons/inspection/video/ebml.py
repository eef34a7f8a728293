"""WebM and Matroska: what an EBML file holds beside its blocks, and whether it is in one piece. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Piece

_SEGMENT, _CLUSTER, _GROUP, _TRACKS, _ENTRY = 0x18538067, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE
_ENCODINGS, _ENCODING = 0x6D80, 0x6240
_ATTACHMENTS, _FILE = 0x1941A469, 0x61A7
_INSIDE = frozenset(
    (_SEGMENT, _CLUSTER, _GROUP, _TRACKS, _ENTRY, _ENCODINGS, _ENCODING, _ATTACHMENTS, _FILE),
)
_VIDEO = 1
_UNKNOWN = -1
# EBML, SeekHead, Info, Tracks, Cues, Chapters, Tags, Void
_NAMED = frozenset((0x1A45DFA3, 0x114D9B74, 0x1549A966, _TRACKS, 0x1C53BB6B, 0x1043A770, 0x1254C367, 0xEC))


@dataclass(frozen=True, slots=True)
class Element:
    id: int
    body: int
    end: int


@dataclass(slots=True)
class Facts:
    video: int = 0  # tracks
    headers: int = 0
    track_lists: int = 0
    encrypted: bool = False
    layered: bool = False  # blocks with something added to them: transparency, depth, a second view
    named: list[tuple[int, int]] = field(default_factory=list)  # headers, indexes, titles
    attachments: list[tuple[int, int]] = field(default_factory=list)  # fonts and cover pictures, (start, end)


def facts(data: bytes, budget: Budget) -> Facts:
    found = Facts()
    for element in _walk(data, 0, len(data), budget):
        if element.id in _NAMED:
            found.named.append((element.body, element.end))
        match element.id:
            case 0x1A45DFA3:  # EBML
                found.headers += 1
            case 0x1654AE6B:  # Tracks
                found.track_lists += 1
            case 0x83:  # TrackType
                found.video += data[element.body : element.end].lstrip(b"\0") == bytes([_VIDEO])
            case 0x5035:  # ContentEncryption
                found.encrypted = True
            case 0x465C:  # FileData
                found.attachments.append((element.body, element.end))
            case 0x75A1:  # BlockAdditions
                found.layered = True
    return found


def judged(found: Facts) -> Iterator[Piece]:
    if found.encrypted:
        yield Unread(Reason.ENCRYPTED, "video track")
    if found.headers > 1 or found.track_lists > 1:  # FFmpeg reads the first, a player may read the second
        yield Unread(Reason.UNDECODABLE, "two headers")
    if found.layered:
        yield Unread(Reason.UNSUPPORTED_TYPE, "video in layers")


def _walk(data: bytes, at: int, end: int, budget: Budget) -> Iterator[Element]:
    """Flat: what a segment or cluster of unknown length holds follows it, as if it stood beside it."""
    while at < end:
        budget.tick()
        number, at = _vint(data, at, keep=True)
        size, at = _vint(data, at, keep=False)
        if number == _UNKNOWN:
            return
        stop = end if size == _UNKNOWN else min(at + size, end)
        yield Element(number, at, stop)
        if number not in _INSIDE:
            at = stop


def _vint(data: bytes, at: int, *, keep: bool) -> tuple[int, int]:
    """A number, and where it ends; -1 for one that is none, or says that nobody knows."""
    if at >= len(data) or not data[at]:
        return _UNKNOWN, len(data)
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big")
    if not keep:
        value ^= 1 << (7 * length)
        if value == (1 << (7 * length)) - 1:
            value = _UNKNOWN
    return value, at + length
