"""Fragmented MP4 in pieces, as players fetch it: an init segment that tells of the tracks, then segments of samples.

A segment alone cannot be decoded. The gateway remembers the init segments that it passed, and hands those that may
belong to a segment to inspection. Pure: the gateway asks, too.
"""

from itertools import islice

from facegate_addons.inspection.video.boxes import boxes
from facegate_addons.inspection.video.movie import fragments, tracks

INIT_MAX = 64 << 10  # bytes; they have a few hundred, or a few thousand with DRM headers
_LOOKED_AT = 64  # boxes from the front
_FRONT = (b"moof", b"styp", b"sidx", b"mdat", b"emsg", b"prft", b"free", b"ssix", b"ftyp", b"uuid")


def is_segment(body: bytes) -> bool:
    """Samples of a track that some other body tells of."""
    names = {box.name for box in islice(boxes(body), _LOOKED_AT)} if body[4:8] in _FRONT else set[bytes]()
    return b"moof" in names and b"moov" not in names


def init_of(body: bytes) -> bytes:
    """The movie header of an init segment, as what segments are to be put behind; b"" when the body is none."""
    if len(body) > INIT_MAX or body[4:8] not in (b"ftyp", b"styp", b"moov", b"free"):
        return b""
    found = {box.name: box for box in islice(boxes(body), _LOOKED_AT)}
    if b"moov" not in found or found.keys() & {b"moof", b"mdat"}:
        return b""
    moov = found[b"moov"]
    if not any(box.name == b"mvex" for box in boxes(body, moov.body, moov.end)):
        return b""
    front = found.get(b"ftyp")
    return (body[front.start : front.end] if front else b"") + body[moov.start : moov.end]


def belongs(init: bytes, segment: bytes) -> bool:
    """Does `init` tell of every track that `segment` has samples of?"""
    known = {track.id for box in boxes(init) if box.name == b"moov" for track in tracks(init, box)}
    needed = {number for box in boxes(segment) if box.name == b"moof" for number in fragments(segment, box)}
    return bool(needed) and needed <= known
