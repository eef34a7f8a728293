"""FFmpeg's demuxers and decoders, chosen by us and bounded. The only import of PyAV.

Demuxers come from a table, never by probing, and read from memory: nothing else can be opened. What a demuxer would
leave out as a player does (an edit list, a disabled track, a crop) is left in: a client may play it all the same.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.logging
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread

av.logging.set_level(None)  # FFmpeg's messages quote the body

# a kind that sniff.py names -> FFmpeg's demuxer
DEMUXERS = {
    "mp4": "mov",
    "webm": "matroska",
    "mpeg-ts": "mpegts",
    "mpeg": "mpeg",
    "mpeg-video": "mpegvideo",
    "mpeg4-video": "m4v",
    "avi": "avi",
    "flv": "flv",
    "ivf": "ivf",
    "obu": "obu",
    "y4m": "yuv4mpegpipe",
    "h264": "h264",
    "h265": "hevc",
    "mjpeg": "mjpeg",  # one JPEG after another: the walk notices
}
# decoders that are fed: what the web, cameras and editors write
CODECS = frozenset(
    "h264 hevc vp8 vp9 av1 libdav1d mpeg1video mpeg2video mpeg4 msmpeg4 msmpeg4v1 msmpeg4v2 h261 h263 h263i h263p flv "  # noqa: SIM905
    "mjpeg mjpegb png gif rawvideo prores dnxhd ffv1 huffyuv ffvhuff qtrle cinepak svq1 svq3 vp6 vp6a vp6f "
    "dvvideo wmv1 wmv2 wmv3 vc1".split()
)
# sound: whose decoder notices bytes that are no sound, and whose takes whatever comes
HEARD = frozenset(
    "aac mp3 mp3float mp2 mp2float mp1float vorbis flac ac3 eac3 alac opus libopus amrnb amrwb dca".split()  # noqa: SIM905
)
_LONGEST_SOUND = 16 << 10  # bytes of a packet; the largest of Opus and AAC have 8 KB, of lossless codecs more
_LOSSLESS = frozenset(("flac", "alac", "dca"))
# demuxers that learn of streams as they come: PyAV drops those that come after the first look, so that is at the whole
_LATE = ("mpegts", "mpeg", "flv")
_PROBE = 5 << 20  # bytes read before the first packet to learn what the streams are
_PROBE_MICROSECONDS, _FOREVER = 5_000_000, 10**15
_STREAMS = 64


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a stream, and the frames that came out when it went in. `frames` are PyAV's VideoFrame."""

    stream: int
    video: bool
    at: int | None  # where its bytes begin in the body, as far as the demuxer tells
    data: bytes
    frames: tuple[Any, ...] = ()
    broken: bool = False  # the decoder refused it, or made up part of a frame
    codec: str = ""
    sound: bool = False
    key: bool = False  # can be decoded without others, as the file says


def opened(data: bytes, kind: str, budget: Budget) -> InputContainer:
    """Raises Unread."""
    bounds = {"threads": "1", "max_pixels": str(budget.limits.pixels)}
    late = DEMUXERS[kind] in _LATE
    demuxer = {
        "probesize": str(max(_PROBE, len(data) + 1) if late else _PROBE),
        "analyzeduration": str(_FOREVER if late else _PROBE_MICROSECONDS),
        "max_streams": str(_STREAMS),
        "protocol_whitelist": "",
    }
    if DEMUXERS[kind] == "mov":
        demuxer |= {"ignore_editlist": "1", "enable_drefs": "0", "use_absolute_path": "0"}
    elif DEMUXERS[kind] == "mpegts":
        demuxer |= {"scan_all_pmts": "1", "merge_pmt_versions": "0"}
    try:
        return av.open(
            io.BytesIO(data), "r", format=DEMUXERS[kind], options=bounds, container_options=demuxer, io_open=_refused
        )
    except MemoryError:
        raise
    except FFmpegError:
        raise Unread(Reason.UNDECODABLE, kind) from None


def attached(stream: Any) -> bool:
    """Is the one packet of this stream a cover picture?"""
    return bool(stream.disposition & Disposition.attached_pic)


def _refused(*_: object) -> Any:
    raise PermissionError


def packets(container: InputContainer, budget: Budget) -> Iterator[Packet]:
    """Every packet of every stream in the file's order, the video ones decoded. Raises Unread."""
    for stream in container.streams.video:
        if attached(stream):
            continue
        context = stream.codec_context
        if context is None or context.codec.name not in CODECS:
            raise Unread(Reason.UNSUPPORTED_TYPE, "video codec")
        if context.width * context.height > budget.limits.pixels:
            raise Unread(Reason.LIMIT_PIXELS)
        context.thread_count = 1
        context.options = {
            "flags": "+output_corrupt",
            "flags2": "+showall",
            "apply_cropping": "0",
            "max_pixels": str(budget.limits.pixels),
        }
    try:
        for packet in container.demux():
            budget.tick()
            yield _decoded(packet)
    except FFmpegError:
        raise Unread(Reason.UNDECODABLE, "container") from None


def _decoded(packet: Any) -> Packet:
    stream = packet.stream
    video = stream.type == "video"
    data = bytes(packet) if packet.size else b""
    if stream.type not in ("video", "audio") or attached(stream) or stream.codec_context is None:
        return Packet(stream.index, video, packet.pos, data, sound=stream.type == "audio")
    codec = stream.codec_context.codec.name
    if not video:
        return Packet(stream.index, video, packet.pos, data, (), not _sounds(packet, codec), codec, sound=True)
    try:
        frames = tuple(packet.decode())
    except EOFError:
        return Packet(stream.index, video, packet.pos, data, codec=codec)
    except (FFmpegError, ValueError):  # ValueError: a decoder that could not be set up
        return Packet(stream.index, video, packet.pos, data, broken=True, codec=codec)
    broken = packet.is_corrupt or any(frame.is_corrupt for frame in frames)
    return Packet(stream.index, video, packet.pos, data, frames, broken, codec, key=packet.is_keyframe)


def _sounds(packet: Any, codec: str) -> bool:
    """Is it what an encoder of sound makes?"""
    if codec not in HEARD:
        return True  # nobody can say: samples may be any numbers
    if packet.size > _LONGEST_SOUND and codec not in _LOSSLESS:
        return False
    try:
        packet.decode()
    except EOFError:
        return True
    except (FFmpegError, ValueError):
        return False
    return True
