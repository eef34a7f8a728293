import io
from collections.abc import Callable

import av
import numpy as np
import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb, box, fragmented

Encode = Callable[..., bytes]
# what encoders write that PyAV's FFmpeg has: (muxer, encoder, pixel format, the kind that it is)
WRITTEN = [
    ("mp4", "libx264", "", "mp4"),
    ("mp4", "libx265", "", "mp4"),
    ("mov", "mjpeg", "yuvj420p", "mp4"),
    ("mov", "png", "rgb24", "mp4"),
    ("mov", "prores_ks", "yuv422p10le", "mp4"),
    ("mov", "qtrle", "rgb24", "mp4"),
    ("3gp", "mpeg4", "", "mp4"),
    ("webm", "libvpx", "", "webm"),
    ("webm", "libvpx-vp9", "", "webm"),
    ("matroska", "libx264", "", "webm"),
    ("matroska", "ffv1", "", "webm"),
    ("mpegts", "libx264", "", "mpeg-ts"),
    ("mpegts", "mpeg2video", "", "mpeg-ts"),
    ("mpeg", "mpeg1video", "", "mpeg"),
    ("vob", "mpeg2video", "", "mpeg"),
    ("avi", "mpeg4", "", "avi"),
    ("avi", "mjpeg", "yuvj420p", "avi"),
    ("flv", "flv", "", "flv"),
    ("flv", "libx264", "", "flv"),
    ("ivf", "libvpx", "", "ivf"),
    ("yuv4mpegpipe", "rawvideo", "", "y4m"),
    ("h264", "libx264", "", "h264"),
    ("hevc", "libx265", "", "h265"),
    ("mpeg1video", "mpeg1video", "", "mpeg-video"),
    ("m4v", "mpeg4", "", "mpeg4-video"),
]


@pytest.mark.parametrize(("form", "codec", "pix", "kind"), WRITTEN)
def test_what_encoders_write(
    form: str, codec: str, pix: str, kind: str, clip: Clip, look: Look, face: Rgb, plain: Rgb
) -> None:
    assert look(clip([plain] * 20, form, codec, pix=pix)) == Clear(kind)
    assert isinstance(look(clip([plain] * 8 + [face] + [plain] * 8, form, codec, pix=pix)), Faces)


def test_windows_media_is_not_opened(clip: Clip, look: Look, plain: Rgb) -> None:
    assert look(clip([plain] * 3, "asf", "wmv2")) == Unreadable(Reason.UNSUPPORTED_TYPE, "asf")


def test_text_behind_a_start_code_is_no_video(look: Look) -> None:
    assert isinstance(look(b"YUV4MPEG2 is a format of raw frames"), Unreadable)
    assert isinstance(look(b"DKIF is what IVF begins with"), Clear)


def test_segments_with_their_init_segment(look: Look, face: Rgb, plain: Rgb) -> None:
    init, (first, second, *_) = fragmented([plain] * 5 + [face] * 5 + [plain])
    other, _ = fragmented([plain[:120]] * 6, "mpeg4")
    alone = Unreadable(Reason.UNDECODABLE, "a segment without its init segment")
    assert look(init) == Clear("mp4")
    assert look(first) == alone
    assert look(first, inits=(init,)) == Clear("mp4")
    assert isinstance(look(second, inits=(init,)), Faces)
    assert isinstance(look(second, inits=(other, init)), Faces)
    assert look(first, inits=(other,)) == alone


def test_an_init_segment_that_makes_sound_of_it(look: Look, face: Rgb) -> None:
    """What the gateway knows may be a decoy: the crawler can have the right one from elsewhere."""
    _, (segment, *_) = fragmented([face] * 6)
    for codec in ("aac", "pcm_s16be"):
        form = "mp4" if codec == "aac" else "mov"
        sound = io.BytesIO()
        with av.open(sound, "w", format=form, options={"movflags": "empty_moov+default_base_moof"}) as container:
            stream = container.add_stream(codec, rate=48000, layout="mono")
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), "s16", "mono")
            samples.rate = 48000
            container.mux(stream.encode(samples))
            container.mux(stream.encode(None))
        init = sound.getvalue()[: sound.getvalue().index(b"moof") - 4]
        assert not isinstance(look(segment, inits=(init,)), Clear), codec


def test_one_jpeg_after_another(look: Look, face_as: Encode, plain_as: Encode) -> None:
    face, plain = face_as("JPEG", size=(256, 256)), plain_as("JPEG", size=(256, 256))
    assert look(plain * 40) == Clear("jpeg")
    found = look(plain * 30 + face + plain * 10)
    assert isinstance(found, Faces)
    assert isinstance(look(plain * 20 + bytes(byte ^ 0x5A for byte in face) * 12 + plain), Unreadable)
    assert isinstance(look(plain * 20 + b"--boundary--" * 9 + plain * 3), Clear)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_film_behind_a_still_picture(form: str, look: Look, face: Rgb, plain: Rgb, plain_as: Encode) -> None:
    def followed(frames: list[Rgb]) -> bytes:
        init, segments = fragmented(frames)
        return plain_as(form) + init[init.index(b"moov") - 4 :] + b"".join(segments)

    assert isinstance(look(followed([plain] * 3 + [face] * 3)), Faces)
    if form == "AVIF":  # the decoder of HEIC refuses such a file
        assert look(followed([plain] * 6)) == Clear("avif")


def test_a_film_inside_a_box_of_a_still_picture(
    look: Look, face: Rgb, plain: Rgb, clip: Clip, plain_as: Encode
) -> None:
    """As phones write photographs that move."""
    still = plain_as("HEIF")
    assert isinstance(look(still + box(b"mpvd", clip([plain] * 3 + [face] * 3))), Faces)
    assert look(still + box(b"mpvd", clip([plain] * 6))) == Clear("heic")
