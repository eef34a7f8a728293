import io
import re

import av
import numpy as np
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect
from inspection.conftest import Blind, Look
from inspection.video.conftest import Clip, Rgb


def test_one_frame_among_many(clip: Clip, look: Look, face: Rgb, plain: Rgb) -> None:
    verdict = look(clip([plain] * 37 + [face] + [plain] * 22))
    assert isinstance(verdict, Faces)
    assert verdict.findings[0].where.startswith("track 1 frame 38")


def test_whole_every_frame_that_is_looked_at_counts(clip: Clip, look: Look, face: Rgb, plain: Rgb) -> None:
    body = clip([face] * 3 + [plain] * 20 + [face] * 3)
    first, every = look(body), look(body, whole=True)
    assert isinstance(first, Faces)
    assert isinstance(every, Faces)
    assert len(every.findings) >= 2 > len(first.findings)
    assert {found.where for found in every.findings} >= {found.where for found in first.findings}


def test_the_second_track(look: Look, face: Rgb, plain: Rgb) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        streams = [container.add_stream("libx264", rate=10) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for stream, rgb in zip(streams, (plain, face), strict=True):
            for _ in range(3):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
            container.mux(stream.encode(None))
    verdict = look(out.getvalue())
    assert isinstance(verdict, Faces)
    assert verdict.findings[0].where.startswith("track 2")


def test_a_face_turned_by_the_display_matrix(blind: Blind, plain: Rgb) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.set_display_rotation(90)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(plain, "rgb24")))
        container.mux(stream.encode(None))
    inspect(Payload(out.getvalue()), blind, Limits())
    shown = blind.shown[0].rgb.astype(int)
    assert shown.shape == (320, 240, 3)
    assert np.abs(shown - np.rot90(plain)).mean() < 6


def test_the_cover_of_a_clip(look: Look, clip: Clip, plain: Rgb, face_jpeg: bytes) -> None:
    out = io.BytesIO()
    with av.open(io.BytesIO(clip([plain] * 3))) as source, av.open(out, "w", format="matroska") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        target.add_attachment("cover.jpg", "image/jpeg", face_jpeg)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert isinstance(look(out.getvalue()), Faces)


def test_metadata_is_searched(look: Look, clip: Clip, plain: Rgb, face_as: object) -> None:
    body = clip([plain] * 3)
    assert isinstance(look(body), Clear)


def test_a_clip_that_was_cut_off_is_shown_as_far_as_it_goes(clip: Clip, look: Look, plain: Rgb, face: Rgb) -> None:
    cut = clip([plain] * 22, "mpegts", bf="0")
    assert isinstance(look(cut[: int(len(cut) * 0.9)]), Clear)
    cut = clip([plain] * 20 + [face] * 2, "matroska", bf="0")
    assert isinstance(look(cut[:-30]), Faces)


@pytest.mark.parametrize("form", ["mp4", "matroska", "mpegts"])
def test_frames_that_do_not_decode(form: str, clip: Clip, look: Look, plain: Rgb) -> None:
    noise = np.random.default_rng(0).integers(0, 255, plain.shape, dtype=np.uint8)
    body = bytearray(clip([noise] * 6, form))
    middle = len(body) // 2
    body[middle : middle + 400] = bytes(400)
    assert isinstance(look(bytes(body)), Unreadable)


def test_pictures_behind_the_frame_in_its_packet(clip: Clip, look: Look, plain: Rgb, face_jpeg: bytes) -> None:
    body = clip([plain] * 3, "avi", "mjpeg", pix="yuvj420p")
    end = body.index(b"\xff\xd9")
    hidden = body[: end + 2] + face_jpeg + body[end + 2 :]
    assert not isinstance(look(hidden), Clear)


def test_time_decides_over_long_clips(clip: Clip, blind: Blind, plain: Rgb) -> None:
    assert inspect(Payload(clip([plain] * 3)), blind, Limits(frames=0)) == Unreadable(Reason.LIMIT_FRAMES)


@pytest.mark.parametrize(
    ("form", "codec", "picture"),
    [
        ("h264", "libx264", rb"\0\0\x01\x65"),
        ("hevc", "libx265", rb"\0\0\x01[\x26\x28]\x01"),
        ("mpeg2video", "mpeg2video", rb"\0\0\x01\0"),
        ("m4v", "mpeg4", rb"\0\0\x01\xb6"),
    ],
)
def test_frames_that_need_others_which_are_not_there(
    form: str, codec: str, picture: bytes, clip: Clip, look: Look, plain: Rgb
) -> None:
    """The crawler may have them from the segment before."""
    body = clip([np.roll(plain, 3 * number, 1) for number in range(8)], form, codec, g="30", bf="0")
    assert isinstance(look(body), Clear)
    first = re.search(picture, body, re.DOTALL)
    assert first
    second = re.compile(picture if codec != "libx264" else rb"\0\0\x01\x41", re.DOTALL).search(body, first.end())
    if codec == "libx265":
        second = re.compile(rb"\0\0\x01\x02\x01", re.DOTALL).search(body, first.end())
    assert second
    assert isinstance(look(body[: first.start()] + body[second.start() :]), Unreadable)


def test_a_packet_that_is_larger_than_any_frame(clip: Clip, look: Look, plain: Rgb) -> None:
    body = clip([plain] * 3, "h264")
    noise = bytes(byte * 7 % 251 + 1 for byte in range(251)) * 4000
    assert isinstance(look(body + noise), Unreadable)
