import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb

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
