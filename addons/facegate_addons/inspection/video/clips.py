"""Video files opened: what the container carries, and every frame of every video track."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Spent, Unread
from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.video import iso, segments
from facegate_addons.inspection.video.coverage import gaps
from facegate_addons.inspection.video.moving import moving

# demuxers that tell where in the file a packet lies; the others' packets are scattered over it
_PLACED = ("webm", "avi", "flv", "ivf", "h264", "h265", "y4m", "mpeg-video", "mpeg4-video", "obu")


def clips(source: Source) -> Iterator[Piece]:
    if source.kind == "mp4":
        yield from _movie(source)
        return
    taken: list[tuple[int, int]] = []
    yield from moving(source.data, source.kind, source.budget, source.min_face, taken)
    if source.kind in _PLACED:
        yield from gaps(source.data, taken)


def _movie(source: Source) -> Iterator[Piece]:
    data = source.data
    yield from iso.carried(data, source.budget, source.min_face)
    if segments.is_segment(data):
        yield from _segment(source)
        return
    taken = iso.samples(data)
    yield from moving(data, "mp4", source.budget, source.min_face, taken, iso.pictured(data))
    yield from gaps(data, taken)


def _segment(source: Source) -> Iterator[Piece]:
    """With each init segment that may be its own: a face in any reading decides, and one has to be whole."""
    whole = False
    for init in source.inits:
        if not segments.belongs(init, source.data):
            continue
        failed = False
        try:
            for piece in _after(init, source):
                if isinstance(piece, Unread):
                    failed = True
                else:
                    yield piece
        except Spent:
            raise
        except Unread:
            failed = True
        whole = whole or not failed
    if not whole:
        yield Unread(Reason.UNDECODABLE, "a segment without its init segment")


def _after(init: bytes, source: Source) -> Iterator[Piece]:
    data = init + source.data
    taken = iso.samples(data)
    yield from moving(data, "mp4", source.budget, source.min_face, taken, iso.pictured(init), strict=True)
    yield from gaps(data, taken)
