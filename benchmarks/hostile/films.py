"""Video whose head says what no machine could hold."""

import io
import struct

import av
import numpy as np

from benchmarks.hostile.case import body
from benchmarks.hostile.pictures import png

MP4 = "video/mp4"
UNSHOWN = ("clear", "limit-pixels", "undecodable", "limit-time", "limit-memory", "limit-frames", "unsupported-type")


def film(codec: str, kind: str = "mp4", seconds: int = 2) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        track = container.add_stream(codec, rate=10)
        track.width, track.height = 320, 240
        track.pix_fmt = "rgb24" if codec == "png" else "yuv420p"
        for number in range(10 * seconds):
            picture = np.full((240, 320, 3), number * 5 % 250, np.uint8)
            container.mux(track.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(track.encode())
    return out.getvalue()


@body("films", "MP4, 65,535 x 65,535 in its heads", *UNSHOWN, kind=MP4)
def heads() -> bytes:
    data = bytearray(film("mpeg4"))
    entry = data.index(b"mp4v") + 28
    data[entry : entry + 4] = struct.pack(">HH", 65_535, 65_535)
    track = data.index(b"tkhd") + 4 + 76
    data[track : track + 8] = struct.pack(">II", 65_535 << 16, 65_535 << 16)
    return bytes(data)


@body("films", "MOV of PNGs, each 50,000 x 50,000", *UNSHOWN, kind="video/quicktime")
def frames() -> bytes:
    """The head of each frame, in the place of the first bytes of a small one."""
    data = film("png", "mov")
    large = png(50_000, 50_000, 0)[:33]
    at = data.index(b"\x89PNG")
    while at >= 0:
        data = data[:at] + large + data[at + 33 :]
        at = data.find(b"\x89PNG", at + 1)
    return data


@body("films", "MP4, 4,294,967,295 samples", *UNSHOWN, kind=MP4)
def samples() -> bytes:
    data = bytearray(film("mpeg4"))
    for table, skip in ((b"stts", 8), (b"stsz", 12)):
        at = data.index(table) + 4 + skip - 4 + (4 if table == b"stts" else 0)
        data[at : at + 4] = b"\xff" * 4
    return bytes(data)


@body("films", "AVI, raw frames of 32,768 x 32,768", *UNSHOWN, kind="video/x-msvideo")
def raw() -> bytes:
    data = bytearray(film("rawvideo", "avi", 1))
    at = data.index(b"strf") + 12
    data[at : at + 8] = struct.pack("<ii", 32_768, 32_768)
    main = data.index(b"avih") + 8 + 32
    data[main : main + 8] = struct.pack("<II", 32_768, 32_768)
    return bytes(data)


@body("films", "MP4 of an hour", *UNSHOWN, kind=MP4)
def hour() -> bytes:
    return film("mpeg4", seconds=3_600)
