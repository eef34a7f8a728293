"""A second of a tone, in what FFmpeg encodes."""

import io
from collections.abc import Callable
from functools import cache

import av
import numpy as np
import pytest


@cache
def tone(container: str, codec: str, layout: str = "s16") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000)
        wave = (np.sin(np.arange(48_000) / 20) * 9_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return out.getvalue()


@pytest.fixture(scope="session")
def sound() -> Callable[..., bytes]:
    return tone
