"""Clips made of free pictures, as encoders write them."""

import io
from collections.abc import Callable, Iterable
from itertools import pairwise

import av
import numpy as np
import pytest
import skimage.data
from facegate_addons.inspection.video.boxes import boxes
from numpy.typing import NDArray
from PIL import Image

Rgb = NDArray[np.uint8]
Clip = Callable[..., bytes]
SIZE = (320, 240)


def scaled(rgb: Rgb, size: tuple[int, int] = SIZE) -> Rgb:
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


@pytest.fixture(scope="session")
def face() -> Rgb:
    """The astronaut's head and shoulders, as a camera of 320 x 240 would see them."""
    return scaled(skimage.data.astronaut()[0:360, 16:496])


@pytest.fixture(scope="session")
def plain() -> Rgb:
    return scaled(skimage.data.coffee())


def encoded(
    frames: Iterable[Rgb], form: str = "mp4", codec: str = "libx264", *, pix: str = "", rate: int = 30, **options: str
) -> bytes:
    """A clip of `frames`; `options` go to the encoder, those that begin with `mux_` to the muxer."""
    out = io.BytesIO()
    mux = {name[4:]: value for name, value in options.items() if name.startswith("mux_")}
    code = {name: value for name, value in options.items() if not name.startswith("mux_")}
    if codec == "libx265":
        code.setdefault("x265-params", "log-level=none")
    if codec.startswith("libvpx"):
        code = {"deadline": "realtime", "cpu-used": "8"} | code
    with av.open(out, "w", format=form, options=mux) as container:
        frames = iter(frames)
        first = next(frames)
        stream = container.add_stream(codec, rate=rate, options=code)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = pix or "yuv420p"
        for rgb in (first, *frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.fixture(scope="session")
def clip() -> Clip:
    """`clip([rgb, rgb], "webm", "libvpx-vp9")`"""
    return encoded


def fragmented(frames: Iterable[Rgb], codec: str = "libx264", **options: str) -> tuple[bytes, list[bytes]]:
    """A clip as players fetch it: the init segment, and the segments."""
    flags = "frag_keyframe+empty_moov+default_base_moof"
    whole = encoded(frames, "mp4", codec, **{"g": "5", "mux_movflags": flags} | options)
    places = [box for box in boxes(whole) if box.name in (b"ftyp", b"moov", b"moof", b"mfra")]
    cuts = [box.start for box in places if box.name in (b"moof", b"mfra")]
    return whole[: cuts[0]], [whole[start:end] for start, end in pairwise(cuts)]


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content
