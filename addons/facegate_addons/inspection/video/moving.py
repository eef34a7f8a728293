"""All frames of all video tracks, and the pieces that travel in packets beside them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import inside
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.stills.structure import layout
from facegate_addons.inspection.video import decode, frames, units
from facegate_addons.inspection.video.change import Watch, grid
from facegate_addons.inspection.video.decode import Packet

_TRAILER = 256  # bytes behind the picture that a packet holds; the walk knows the same measure
_PICTURES = {"mjpeg": "jpeg", "mjpegb": "jpeg", "png": "png", "gif": "gif", "webp": "webp"}
_DEEP = 12  # bits of a sample; deeper ones have room for a picture too dark to show in 8
_DATA = 256 << 10  # bytes of a track of positions, times or texts
# subtitles that are pictures, which players lay over the film
_DRAWN = frozenset(("dvdsub", "pgssub", "dvbsub", "xsub", "dvd_subtitle", "hdmv_pgs_subtitle", "dvb_subtitle"))
_SILENT = 0.1  # share of a sound track that its decoder may refuse
# decoders that say nothing when a frame lacks those it was predicted from, and of them those that leave frames out
_PREDICTED = frozenset(
    "mpeg1video mpeg2video mpeg4 msmpeg4 msmpeg4v1 msmpeg4v2 h261 h263 h263i h263p flv wmv1 wmv2".split()  # noqa: SIM905
)
_EACH = frozenset(("mpeg1video", "mpeg2video"))
_INTRA = 1  # AV_PICTURE_TYPE_I
_PIXEL, _HEADERS = 8, 64 << 10  # bytes: 16 bits of four samples, and what else may be in a packet; no codec needs more
_TAIL = 2  # of a stream's packets, the flush at its end among them, may fail: files lack their last bytes


class _Track:
    """What is known of one video stream while it is decoded."""

    def __init__(self, number: int, stream: Any) -> None:
        self.number = number
        shape = stream.codec_context.sample_aspect_ratio
        self.shape = float(shape) if shape else 1.0
        self.codec = stream.codec_context.codec.name
        self.length_size = units.length_size(self.codec, stream.codec_context.extradata or b"")
        self.watch = Watch()
        self.packets = self.frames = 0
        self.headless = False  # begins with a frame that needs one before it
        self.broken: list[int] = []  # numbers of the packets that failed

    def complete(self) -> bool:
        """Was every frame there? Only the last packet may be cut off."""
        if self.headless or (self.packets > 1 and not self.frames):  # 1 is the flush
            return False
        if self.codec in _EACH and self.packets - 1 > self.frames + 1:
            return False
        return all(number > self.packets - _TAIL for number in self.broken) and len(self.broken) < max(
            1, self.packets - 1
        )


class _Beside:
    """What is known of a stream that is no video."""

    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.broken = 0
        self.heard = False  # all of it is sound, as far as a decoder can tell

    def add(self, packet: Packet) -> None:
        self.data.append(packet.data)
        self.broken += packet.broken
        self.heard = packet.sound and packet.codec in decode.HEARD

    def pieces(self, *, strict: bool) -> Iterator[Piece]:
        whole = b"".join(self.data)
        if self.broken > 2 + len(self.data) * _SILENT:
            yield Unread(Reason.UNDECODABLE, "sound track")
        if self.heard or (len(whole) <= _DATA and not strict):
            yield Note(whole, "track")
        elif whole:
            yield Part(whole, "track")


@dataclass(slots=True)
class Read:
    """What was read of a file: where its packets lie, and the numbers of its streams."""

    taken: list[tuple[int, int]] = field(default_factory=list)
    streams: set[int] = field(default_factory=set)


def moving(
    data: bytes, kind: str, budget: Budget, min_face: int, read: Read, expected: int = 0, *, strict: bool = False
) -> Iterator[Piece]:
    """Fills `read`. `expected` video tracks have to be there. With `strict` everything beside video and sound has to
    have a name. Raises Unread.
    """
    with decode.opened(data, kind, budget) as container:
        yield Note(_words(container), "metadata")
        tracks = {stream.index: _Track(number, stream) for number, stream in enumerate(_decodable(container), 1)}
        if len(container.streams.video) < expected:
            yield Unread(Reason.UNSUPPORTED_TYPE, "video track")
        if any(
            s.codec_context is not None and s.codec_context.codec.name in _DRAWN for s in container.streams.subtitles
        ):
            yield Unread(Reason.UNSUPPORTED_TYPE, "subtitles that are pictures")
        read.streams.update(stream.id for stream in container.streams)
        beside: dict[int, _Beside] = defaultdict(_Beside)
        for packet in decode.packets(container, budget):
            if packet.at is not None:
                read.taken.append((packet.at, packet.at + len(packet.data)))
            if track := tracks.get(packet.stream):
                yield from _looked_at(track, packet, budget, min_face)
                yield from _carried(packet)
            elif packet.video:
                if packet.data:
                    yield Part(packet.data, "attached picture")
            else:
                budget.decoded(len(packet.data))
                beside[packet.stream].add(packet)
        for stream in beside.values():
            yield from stream.pieces(strict=strict)
        for track in tracks.values():
            if not track.complete():
                yield Unread(Reason.UNDECODABLE, "frames of a video track")


def _decodable(container: Any) -> list[Any]:
    return [stream for stream in container.streams.video if not decode.attached(stream)]


def _words(container: Any) -> bytes:
    """Titles, comments and what else is text to FFmpeg, whatever it was stored as."""
    tables = [container.metadata, *(stream.metadata for stream in container.streams)]
    tables += [chapter["metadata"] for chapter in container.chapters()]
    return "\n".join(value for table in tables for value in table.values()).encode("utf-8", "surrogateescape")


def _looked_at(track: _Track, packet: Packet, budget: Budget, min_face: int) -> Iterator[Piece]:
    track.packets += 1
    if track.packets == 1 and packet.data and track.codec in _PREDICTED and not packet.key:
        track.headless = True
    if packet.broken:
        track.broken.append(track.packets)
    if units.layered(track.codec, packet.data, track.length_size):
        yield Unread(Reason.UNSUPPORTED_TYPE, "video in layers")
    for frame in packet.frames:
        track.frames += 1
        if len(packet.data) > _HEADERS + _PIXEL * frame.width * frame.height:
            yield Unread(Reason.UNDECODABLE, "a packet larger than its frame")
        if track.frames == 1 and track.codec in _PREDICTED and frame.pict_type != _INTRA:
            track.headless = True
        budget.tick()
        if track.watch.new(frames.thumb(frame, *grid(frame.width, frame.height)), frame.time):
            budget.frame(frame.width, frame.height)
            if any(component.bits > _DEEP for component in frame.format.components):
                raise Unread(Reason.UNSUPPORTED_TYPE, "video of more than 12 bits a sample")
            yield from frames.pictures(frame, track.shape, min_face, f"track {track.number} frame {track.frames}")


def _carried(packet: Packet) -> Iterator[Piece]:
    """What a packet has room for beside its frame."""
    if kind := _PICTURES.get(packet.codec):
        found = layout(kind, packet.data)
        yield from (Note(note, "packet") for note in found.notes)
        if len(packet.data[found.end :].strip(b"\0\xff \r\n")) > _TRAILER:
            yield Part(packet.data[found.end :].lstrip(b"\0 \r\n"), "behind a frame")
    elif inside.find_picture(packet.data) >= 0:
        yield Note(packet.data, "packet")
