"""Pictures written again: the same format, the same size, and nothing of the file but what was read from its pixels.

Of the old file only numbers come along, each from a short list of what it may be: how it was packed, how long a frame
is shown, how often an animation runs.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, JpegImagePlugin

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.stills.canvas import MODES

# what Pillow itself writes at quality 50 has this sum of its luminance table (ITU T.81, table K.1)
_TABLE_50 = 3689
_QUALITY = range(25, 96)
_TIFF_PACKED = ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate")  # kept; anything else becomes LZW
_ICO_SIDE = 256  # an icon's directory cannot say more
_DURATION = 65_535  # milliseconds of one frame: what all of the formats can say
_LOOPS = 65_535  # likewise

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """`format` is Pillow's name, `modes` are those it writes. `several`: "" if the format, or its writer, has room for
    one picture only, else what more of them are: animation, pages or sizes. `speed`: megapixels a second, one core."""

    format: str
    speed: float
    modes: tuple[str, ...]
    several: str = ""
    options: Callable[[Image.Image, bytes], Options] = lambda _frame, _data: {}


def _jpeg(frame: Image.Image, _data: bytes) -> Options:
    table = getattr(frame, "quantization", {}).get(0)
    quality = 90
    if table and sum(table):
        scale = sum(table) / _TABLE_50
        quality = round(100 - 50 * scale if scale < 1 else 50 / scale)
    sampling = JpegImagePlugin.get_sampling(frame) if hasattr(frame, "layer") else -1
    return {
        "quality": min(max(quality, _QUALITY[0]), _QUALITY[-1]),
        "subsampling": sampling if sampling in (0, 1, 2) else 0,
        "progressive": bool(frame.info.get("progressive")),
    }


def _webp(_frame: Image.Image, data: bytes) -> Options:
    return {"lossless": b"VP8 " not in data, "quality": 85}


def _tiff(frame: Image.Image, _data: bytes) -> Options:
    packed = frame.info.get("compression")
    return {"compression": packed if packed in _TIFF_PACKED else "tiff_lzw"}


def _jp2(_frame: Image.Image, data: bytes) -> Options:
    bare = data.startswith(b"\xff\x4f")
    return {"no_jp2": bare, "irreversible": True, "quality_mode": "dB", "quality_layers": [42]}


_COLOUR, _ALPHA = ("L", "RGB"), ("L", "RGBA", "RGB")
# Speeds: CPU time of Pillow 13 on a photo with noise, as RGBA where there is such a mode; of a GIF on 256 colours,
# as it has no more. At its own preset libx265 writes 0.3: a telephone's photo would need more than a body's time.
WRITERS: dict[str, Writer] = {
    "jpeg": Writer("JPEG", 100, _COLOUR, options=_jpeg),
    "png": Writer("PNG", 2, ("1", *_ALPHA), "animation"),
    "gif": Writer("GIF", 5, _ALPHA, "animation"),
    "webp": Writer("WEBP", 1.7, ("RGBA", "RGB"), "animation", _webp),
    "avif": Writer("AVIF", 2.6, _ALPHA, "animation", lambda _f, _d: {"quality": 80, "speed": 8, "max_threads": 1}),
    "heic": Writer("HEIF", 2, _ALPHA, "pages", lambda _f, _d: {"quality": 80, "enc_params": {"preset": "ultrafast"}}),
    "jxl": Writer("JXL", 5, _ALPHA, options=lambda _f, _d: {"effort": 4, "num_threads": 0}),
    "tiff": Writer("TIFF", 10, ("1", *_ALPHA), "pages", _tiff),
    "bmp": Writer("BMP", 100, ("1", *_COLOUR)),
    "ico": Writer("ICO", 1.5, ("RGBA", "RGB"), "sizes"),
    "jp2": Writer("JPEG2000", 1.8, _ALPHA, options=_jp2),
    "qoi": Writer("QOI", 0.4, ("RGBA", "RGB")),
    "pnm": Writer("PPM", 100, ("1", *_COLOUR)),
    "tga": Writer("TGA", 100, _ALPHA),
    "dds": Writer("DDS", 100, _ALPHA),
    "pcx": Writer("PCX", 80, ("1", *_COLOUR)),
    "xbm": Writer("XBM", 100, ("1",)),
}


def opening(kind: str, frame: Image.Image, data: bytes) -> Options:
    """How the file was written, as far as it is to be kept, by its first `frame`."""
    writer, info = WRITERS[kind], frame.info
    options = writer.options(frame, data)
    if writer.several == "animation":
        if "loop" in info or kind != "gif":  # a GIF that says nothing runs once
            options["loop"] = min(max(0, int(info.get("loop", 0))), _LOOPS)
        if kind == "png":
            options["default_image"] = bool(info.get("default_image"))
    return options


def mode_for(kind: str, modes: Iterable[str]) -> str:
    """The one mode that all pictures of a file are written in, when they are shown in `modes`."""
    widest = max(modes, key=MODES.index)
    known = WRITERS[kind].modes
    return next((mode for mode in MODES[MODES.index(widest) :] if mode in known), known[-1])


def encoded(kind: str, images: Sequence[Image.Image], options: Options, durations: Sequence[float]) -> bytes:
    """`images`, all of one mode, as one file. `options` are those of its `opening`, `durations` milliseconds a frame.

    Raises Unread where the format, or its writer, has no room for what there is.
    """
    writer = WRITERS[kind]
    images = list(images)
    if writer.several == "sizes":
        images.sort(key=lambda image: image.width * image.height, reverse=True)
        options = {**options, **_sizes(images)}
    elif len(images) > 1:
        if not writer.several:
            raise Unread(Reason.UNSUPPORTED_TYPE, f"{kind} of {len(images)} pictures")
        options = {**options, "save_all": True, "append_images": images[1:]}
        if writer.several == "animation":
            options |= _animation(kind, images, durations, default=options.get("default_image", False))
    out = io.BytesIO()
    images[0].save(out, writer.format, **options)
    return out.getvalue()


def _sizes(images: Sequence[Image.Image]) -> Options:
    sizes = [image.size for image in images]
    if len(set(sizes)) < len(sizes) or max(max(size) for size in sizes) > _ICO_SIDE:
        raise Unread(Reason.UNSUPPORTED_TYPE, "icon of equal or too large pictures")
    return {"sizes": sizes, "append_images": images[1:]}


def _animation(kind: str, images: Sequence[Image.Image], durations: Sequence[float], *, default: bool) -> Options:
    """Whole frames, one after the other: what a viewer composes of parts was composed when it was read."""
    times = [min(max(0, round(duration)), _DURATION) for duration in durations]
    if kind == "gif":  # a frame that is transparent somewhere must not show the one before it there
        return {"duration": times, "disposal": 2 if images[0].mode == "RGBA" else 1}
    if kind == "png":
        return {"duration": times[1:] if default else times, "disposal": 0, "blend": 0}
    return {"duration": times}
