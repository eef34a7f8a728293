"""MP4, MOV, 3GP and their fragments: every box beside the samples, and whether the file reads one way only."""

from collections.abc import Collection, Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.stills.pictures import pictures
from facegate_addons.inspection.video.boxes import Box, boxes
from facegate_addons.inspection.video.movie import SEEN, Track, tracks

# boxes of a file that hold no picture of their own; what they hold is searched like any metadata
_KNOWN = frozenset(
    b"ftyp styp moov moof mdat free skip wide sidx ssix emsg mfra meta uuid prft pdin udta pnot PICT junk imda iods "
    b"pssh bloc AINF".split()
)
_TRAILER = 256  # bytes behind the last box, or in one that nobody knows
_ITEMS = (b"hvc1", b"hev1", b"av01", b"avc1", b"jpeg", b"j2k1", b"grid", b"iovl", b"iden", b"unci", b"vvc1")


def carried(data: bytes, budget: Budget, min_face: int) -> Iterator[Piece]:
    """Everything but the bytes of `mdat`. Raises Unread."""
    movies, end = list[Box](), 0
    for box in boxes(data):
        budget.member()
        end = box.end
        if box.name == b"mdat":
            continue
        if box.name == b"moov":
            movies.append(box)
            if any(inner.name == b"cmov" for inner in boxes(data, box.body, box.end)):
                yield Unread(Reason.UNSUPPORTED_TYPE, "a compressed movie header")
        content = box.of(data)
        if content.strip(b"\0"):
            yield Note(content, "box")
        if box.name == b"meta" and _has_items(content):
            yield from _items(data, content, budget, min_face)
    yield from unnamed(data)
    if len(data[end:].strip(b"\0")) > _TRAILER:
        yield Part(data[end:].lstrip(b"\0"), "behind the last box")
    if len(movies) > 1:
        yield Unread(Reason.UNDECODABLE, "two movie headers")
    for movie in movies:
        yield from _judged(tracks(data, movie))


def _judged(found: list[Track]) -> Iterator[Unread]:
    numbers = [track.id for track in found]
    if len(set(numbers)) < len(numbers):
        yield Unread(Reason.UNDECODABLE, "two tracks of one number")
    for track in found:
        if track.encrypted:
            yield Unread(Reason.ENCRYPTED, "video track")
        if track.seen and len(set(track.entries)) > 1:  # which of them a sample has is decided by players, each its way
            yield Unread(Reason.UNSUPPORTED_TYPE, "a video track in two codecs")


def pictured(data: bytes, handlers: Collection[bytes] = SEEN) -> int:
    """How many tracks a player would show."""
    movies = (box for box in boxes(data) if box.name == b"moov")
    return sum(track.handler in handlers for box in movies for track in tracks(data, box))


def unnamed(data: bytes) -> Iterator[Part]:
    """Boxes that nobody knows: phones put a film into one behind a still picture."""
    for box in boxes(data):
        if box.name not in _KNOWN and len(data[box.body : box.end].strip(b"\0")) > _TRAILER:
            yield Part(box.of(data), "box")


def film(data: bytes) -> bytes:
    """The same file without its still pictures, every byte in its place: FFmpeg reads either, not both."""
    for box in boxes(data):
        if box.name == b"meta" and _has_items(box.of(data)):
            data = data[: box.start + 4] + b"free" + data[box.start + 8 :]
            if data[4:8] == b"ftyp":
                data = (
                    data[:8]
                    + b"isom" * ((int.from_bytes(data[:4], "big") - 8) // 4)
                    + data[8 + (int.from_bytes(data[:4], "big") - 8) // 4 * 4 :]
                )
    return data


def samples(data: bytes) -> list[tuple[int, int]]:
    """Where no sample can be: everything outside `mdat`."""
    return [(box.start, box.body if box.name in (b"mdat", b"imda") else box.end) for box in boxes(data)]


def _has_items(meta: bytes) -> bool:
    return b"iinf" in meta and any(b"infe" in meta and name in meta for name in _ITEMS)


def _items(data: bytes, meta: bytes, budget: Budget, min_face: int) -> Iterator[Piece]:
    """A still picture (HEIF) that shares the file: decoded as what it is, whatever the file's first brand says."""
    kind = "avif" if b"av01" in meta else "heic"
    if data[4:8] != b"ftyp":
        raise Unread(Reason.UNSUPPORTED_TYPE, "items without a file type")
    for box in boxes(data):
        if box.name == b"moov":
            data = data[: box.start + 4] + b"free" + data[box.start + 8 :]
    yield from pictures(kind, data[:8] + (b"avif" if kind == "avif" else b"heic") + data[12:], budget, min_face, "item")
