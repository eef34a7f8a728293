"""Ogg: pages that follow each other, and the packets that they cut. Covers stand in the comments, as base64."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.documents.spans import SLACK
from facegate_addons.inspection.parts import Note, Part, Piece, Source

_SOUND = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ", b"fishead\0", b"fisbone\0")


def ogg(source: Source) -> Iterator[Piece]:
    data, at = source.data, 0
    streams: dict[bytes, bytearray] = {}
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        source.budget.tick()
        segments = data[at + 26]
        start = at + 27 + segments
        size = sum(data[at + 27 : start])
        serial = data[at + 14 : at + 18]
        body = data[start : start + size]
        if len(body) < size or start > len(data):
            raise Unread(Reason.UNDECODABLE, "ogg")
        if data[at + 5] & 2 and not body.startswith(_SOUND):
            raise Unread(Reason.UNSUPPORTED_TYPE, "ogg")
        if serial not in streams and not data[at + 5] & 2:
            raise Unread(Reason.UNDECODABLE, "ogg")
        streams.setdefault(serial, bytearray()).extend(body)
        at = start + size
    for packets in streams.values():
        yield Note(bytes(packets), "sound")
    rest = data[at:]
    if rest.strip(b"\0"):
        yield Part(rest, "behind the sound") if len(rest) > SLACK else Note(rest, "behind the sound")
