"""What the movie header of an ISO file says of its tracks: kinds, numbers, sample descriptions. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from facegate_addons.inspection.video.boxes import Box, boxes, descend

SEEN = (b"vide", b"pict", b"auxv")  # handlers of tracks that are pictures
_ENCRYPTED = (b"encv", b"drmi", b"p608")


@dataclass(frozen=True, slots=True)
class Track:
    id: int
    handler: bytes
    entries: tuple[bytes, ...]  # the four-letter codes of its sample descriptions

    @property
    def seen(self) -> bool:
        return self.handler in SEEN

    @property
    def encrypted(self) -> bool:
        return any(entry in _ENCRYPTED for entry in self.entries)


def tracks(data: bytes, moov: Box) -> list[Track]:
    return [_track(data, trak) for trak in boxes(data, moov.body, moov.end) if trak.name == b"trak"]


def _track(data: bytes, trak: Box) -> Track:
    number, handler, entries = 0, b"", list[bytes]()
    for box in descend(data, trak):
        content = data[box.body : box.body + 24]
        if box.name == b"tkhd":
            at = 20 if content[:1] == b"\1" else 12
            number = int.from_bytes(content[at : at + 4], "big")
        elif box.name == b"hdlr" and not handler:  # of the media; QuickTime has another one behind it, for the data
            handler = content[8:12]
        elif box.name == b"stsd":
            entries += [entry.name for entry in boxes(data, box.body + 8, box.end)]
    return Track(number, handler, tuple(entries))


def fragments(data: bytes, moof: Box) -> Iterator[int]:
    """The numbers of the tracks that a fragment has samples of."""
    for box in descend(data, moof):
        if box.name == b"tfhd":
            yield int.from_bytes(data[box.body + 4 : box.body + 8], "big")
