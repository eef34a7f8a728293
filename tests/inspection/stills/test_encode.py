"""What is kept of how a file was written, and what is refused. Whole redactions are in test_redaction."""

import io

import numpy as np
import pytest
import skimage.data
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.stills import encode
from facegate_addons.inspection.stills.encode import WRITERS, encoded, mode_for, opening
from facegate_addons.inspection.stills.pictures import FORMATS
from PIL import Image

PICTURE = Image.fromarray(skimage.data.coffee()).resize((120, 80))
FRAMES = [PICTURE, PICTURE.rotate(180), PICTURE.rotate(90)]


def saved(kind: str, image: Image.Image = PICTURE, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def again(kind: str, data: bytes) -> bytes:
    """The first picture of `data`, written as redaction writes it."""
    frame = opened(data)
    frame.load()
    return encoded(kind, [Image.fromarray(np.array(frame.convert("RGB")))], opening(kind, frame, data), [0])


def animated(kind: str, data: bytes) -> bytes:
    frame, images, durations = opened(data), [], []
    options = opening(kind, frame, data)
    for number in range(frame.n_frames):
        frame.seek(number)
        frame.load()
        durations.append(frame.info.get("duration", 0))
        images.append(Image.fromarray(np.array(frame.convert("RGB"))))
    return encoded(kind, images, options, durations)


def test_every_writer_is_for_a_kind_that_is_read() -> None:
    assert set(WRITERS) < set(FORMATS)


@pytest.mark.parametrize("quality", [40, 60, 75, 85, 92])
def test_a_jpeg_keeps_its_quality(quality: int) -> None:
    tables = opened(again("jpeg", saved("JPEG", quality=quality))).quantization
    expected = opened(saved("JPEG", quality=quality)).quantization
    assert np.abs(np.subtract(tables[0], expected[0])).max() <= 2


def test_a_jpeg_keeps_its_sampling_and_its_order() -> None:
    for sampling in (0, 1, 2):
        data = saved("JPEG", subsampling=sampling, progressive=sampling == 1)
        assert opened(again("jpeg", data)).layer == opened(data).layer
        assert opened(again("jpeg", data)).info.get("progressive") == opened(data).info.get("progressive")


def test_tables_that_are_none_are_taken_for_an_ordinary_jpeg() -> None:
    frame = opened(saved("JPEG"))
    for tables in ({}, {0: []}, {0: [0] * 64}):
        frame.quantization = tables
        assert opening("jpeg", frame, b"")["quality"] == 90
    frame.quantization = {0: [65535] * 64}
    assert opening("jpeg", frame, b"")["quality"] == min(encode._QUALITY)


def test_packing_is_kept() -> None:
    for packing in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"):
        assert opened(again("tiff", saved("TIFF", compression=packing))).info["compression"] == packing
    assert opened(again("tiff", saved("TIFF", compression="jpeg"))).info["compression"] == "tiff_lzw"
    for bare in (False, True):
        data = saved("JPEG2000", no_jp2=bare)
        assert again("jp2", data)[:4] == data[:4]
    for lossless in (False, True):
        data = saved("WEBP", lossless=lossless)
        assert again("webp", data)[12:16] == data[12:16]


@pytest.mark.parametrize(("kind", "format_"), [("gif", "GIF"), ("png", "PNG"), ("webp", "WEBP"), ("avif", "AVIF")])
@pytest.mark.parametrize("loop", [0, 3])
def test_timing_and_loops_are_kept(kind: str, format_: str, loop: int) -> None:
    times = [70, 500, 40]
    data = saved(format_, save_all=True, append_images=FRAMES[1:], duration=times, loop=loop)
    frame, told = opened(animated(kind, data)), []
    assert (frame.n_frames, frame.info.get("loop")) == (3, opened(data).info.get("loop"))
    for number in range(3):
        frame.seek(number)
        frame.load()
        told.append(frame.info["duration"])
    assert told == times


def test_a_gif_that_runs_once_still_does() -> None:
    data = saved("GIF", save_all=True, append_images=FRAMES[1:], duration=50)
    assert "loop" not in opened(data).info
    assert "loop" not in opened(animated("gif", data)).info


def test_the_picture_beside_an_animation_stays_beside_it() -> None:
    data = saved("PNG", save_all=True, append_images=FRAMES[1:], default_image=True, duration=[60, 90])
    frame = opened(animated("png", data))
    assert (frame.info["default_image"], frame.n_frames) == (True, 3)
    told = []
    for number in (1, 2):
        frame.seek(number)
        told.append(frame.info["duration"])
    assert told == [60, 90]


def test_times_that_no_format_can_say_are_the_longest_it_can() -> None:
    images = [PICTURE, PICTURE.rotate(180)]
    for kind in ("gif", "png", "webp", "avif"):
        frame = opened(encoded(kind, images, opening(kind, PICTURE, b""), [1e12, -5]))
        frame.load()
        assert frame.info["duration"] == pytest.approx(65_535, abs=10)


def test_what_has_room_for_one_picture_takes_no_second() -> None:
    for kind in ("jpeg", "bmp", "jxl", "tga"):
        with pytest.raises(Unread):
            encoded(kind, FRAMES, {}, [0, 0, 0])


def test_an_icon_keeps_its_sizes() -> None:
    images = [PICTURE.resize((side, side)) for side in (16, 256, 48)]
    assert opened(encoded("ico", images, {}, [0] * 3)).info["sizes"] == {(16, 16), (48, 48), (256, 256)}
    assert opened(encoded("ico", images[:1], {}, [0])).info["sizes"] == {(16, 16)}
    for wrong in ([*images, images[0]], [PICTURE.resize((300, 300))]):
        with pytest.raises(Unread):
            encoded("ico", wrong, {}, [0] * len(wrong))


@pytest.mark.parametrize(
    ("kind", "modes", "mode"),
    [
        ("png", ["1"], "1"),
        ("jpeg", ["1"], "L"),
        ("webp", ["L"], "RGB"),
        ("png", ["L", "RGBA", "RGB"], "RGBA"),
        ("png", ["L", "RGB"], "RGB"),
        ("jpeg", ["RGBA"], "RGB"),
        ("bmp", ["RGBA"], "RGB"),
        ("xbm", ["RGB"], "1"),
    ],
)
def test_one_mode_for_all_pictures_of_a_file(kind: str, modes: list[str], mode: str) -> None:
    assert mode_for(kind, modes) == mode
