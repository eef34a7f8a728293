"""Video files opened: what the container carries, and every frame of every video track."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Spent, Unread
from facegate_addons.inspection.parts import Part, Piece, Source
from facegate_addons.inspection.video import ebml, flv, iso, program, riff, segments, transport
from facegate_addons.inspection.video.coverage import gaps
from facegate_addons.inspection.video.movie import SEEN
from facegate_addons.inspection.video.moving import Read, moving


def clips(source: Source) -> Iterator[Piece]:
    if source.kind == "mp4":
        yield from _movie(source)
        return
    read, expected, named = Read(), 0, list[tuple[int, int]]()
    if source.kind == "webm":
        facts = ebml.facts(source.data, source.budget)
        expected, named = facts.video, facts.named
        yield from ebml.judged(facts)
        yield from (Part(source.data[start:end], "attachment") for start, end in facts.attachments)
        read.taken += facts.attachments
    yield from moving(source.data, source.kind, source.budget, source.min_face, read, expected)
    match source.kind:
        case "mpeg-ts":
            yield from transport.carried(source.data, read.streams)
        case "mpeg":
            yield from program.carried(source.data, source.budget)
        case "avi":
            yield from gaps(source.data, read.taken, riff.named(source.data))
        case "flv":
            yield from gaps(source.data, read.taken, flv.scripts(source.data))
        case _:
            yield from gaps(source.data, read.taken, named)


def _movie(source: Source) -> Iterator[Piece]:
    data = source.data
    yield from iso.carried(data, source.budget, source.min_face)
    if segments.is_segment(data):
        yield from _segment(source)
        return
    read = Read(iso.samples(data))
    yield from moving(iso.film(data), "mp4", source.budget, source.min_face, read, iso.pictured(data))
    yield from gaps(data, read.taken)


def beside_a_still(source: Source) -> Iterator[Piece]:
    """The film in a file that begins as a still picture. Sequences of AVIF are seen by whoever opens the still."""
    yield from iso.unnamed(source.data)
    expected = iso.pictured(source.data, (b"vide",) if source.content_type == "avif" else SEEN)
    if expected:
        yield from moving(iso.film(source.data), "mp4", source.budget, source.min_face, Read(), expected)


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
    read = Read(iso.samples(data))
    yield from moving(data, "mp4", source.budget, source.min_face, read, iso.pictured(init), strict=True)
    yield from gaps(data, read.taken)
