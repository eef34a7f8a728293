"""Clips made of free pictures, as encoders write them."""

import io
from collections.abc import Callable, Iterable

import av
import numpy as np
import pytest
import skimage.data
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
