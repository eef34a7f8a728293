"""WAV and AIFF: chunks, of which one is sound and any other may be a tag or anything else."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source
from facegate_addons.inspection.programs.bulk import LITTLE, named

_SOUND = (b"data", b"SSND")
_TEXT = (b"LIST", b"INFO", b"bext", b"iXML", b"axml", b"_PMX", b"NAME", b"AUTH", b"(c) ", b"ANNO", b"COMT")
_PLAIN: tuple[bytes, ...] = (b"fmt ", b"fact", b"cue ", b"smpl", b"inst", b"PEAK", b"COMM", b"MARK", b"FVER", b"INST")
_PLAIN += (b"JUNK", b"PAD ", b"FLLR", b"acid", b"plst", b"levl", b"minf", b"elm1", b"regn", b"umid", b"ds64", b"LGWV")


def chunks(source: Source) -> Iterator[Piece]:
    data = source.data
    order = "big" if data[:4] in (b"FORM", b"RIFX") else "little"
    at, sound = 12, False
    while at + 8 <= len(data):
        source.budget.tick()
        name = data[at : at + 4]
        size = int.from_bytes(data[at + 4 : at + 8], "little" if order == "little" else "big")
        body = data[at + 8 : at + 8 + size]
        if name in _SOUND and not sound:
            sound = True
            yield Note(body, "sound")  # often cut short, and of unknown length where it was streamed
        elif len(body) < size:
            raise Unread(Reason.UNDECODABLE, source.kind)
        elif name in (b"id3 ", b"ID3 "):
            yield Part(body, "tag")
        elif body.strip(b"\0"):
            yield from named(body, "chunk", LITTLE // 4, known=name in _TEXT + _PLAIN)
        at += 8 + size + size % 2
        if at <= len(data) - 8 and order == "little" and not data[at : at + 4].isascii():
            break
    rest = data[at:] if at < len(data) else b""
    if rest.strip(b"\0"):
        yield Part(rest, "behind the sound") if len(rest) > SLACK else Note(rest, "behind the sound")
