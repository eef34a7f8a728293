"""Moving pictures and sound with a cover."""

import base64
import io
import struct

import av
import numpy as np
from evasion.case import Picture, evasion, innocent
from PIL import Image


def video(
    picture: Picture, form: str, codec: str, place: slice = slice(None), count: int = 12, **options: object
) -> bytes:
    """`count` frames at 10 a second; those in `place` show the picture, the others nothing."""
    image = picture.small(256).image
    flat = Image.linear_gradient("L").convert("RGB").resize(image.size)
    shown = set(range(count)[place])
    out = io.BytesIO()
    with av.open(out, "w", format=form, options={**options}) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = image.size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if codec == "libx264":
            stream.options = {"preset": "ultrafast"}
        elif codec == "libx265":
            stream.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        for at in range(count):
            frame = av.VideoFrame.from_ndarray(np.asarray(image if at in shown else flat), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return out.getvalue()


VIDEOS = {
    "MP4, H.264": ("mp4", "libx264"),
    "MP4, H.265": ("mp4", "libx265"),
    "MP4, MPEG-4": ("mp4", "mpeg4"),
    "QuickTime, MJPEG": ("mov", "mjpeg"),
    "WebM, VP8": ("webm", "libvpx"),
    "WebM, VP9": ("webm", "libvpx-vp9"),
    "Matroska, MJPEG": ("matroska", "mjpeg"),
    "AVI, MJPEG": ("avi", "mjpeg"),
    "AVI, MPEG-4": ("avi", "mpeg4"),
    "transport stream": ("mpegts", "libx264"),
    "program stream": ("mpeg", "mpeg2video"),
    "FLV": ("flv", "flv"),
    "Annex B": ("h264", "libx264"),
    "Annex B, H.265": ("hevc", "libx265"),
    "MPEG-2 elementary": ("mpeg2video", "mpeg2video"),
    "IVF": ("ivf", "libvpx"),
}
REFUSED = ("IVF",)
for name, (form, codec) in VIDEOS.items():

    @evasion("vid", name, "video/mp4", open=name not in REFUSED)
    def moving(picture: Picture, form: str = form, codec: str = codec) -> bytes:
        return video(picture, form, codec)


@evasion("vid", "MP4, the last frame", "video/mp4")
def last(picture: Picture) -> bytes:
    return video(picture, "mp4", "libx264", slice(-1, None))


@evasion("vid", "MP4, one frame in the middle", "video/mp4")
def middle(picture: Picture) -> bytes:
    return video(picture, "mp4", "libx264", slice(17, 18), 40)


@evasion("vid", "fragmented MP4", "video/mp4")
def fragmented(picture: Picture) -> bytes:
    return video(picture, "mp4", "libx264", movflags="frag_keyframe+empty_moov+default_base_moof")


@evasion("vid", "media segment without its init", "video/iso.segment", open=False)
def segment(picture: Picture) -> bytes:
    data = fragmented(picture)
    return data[data.index(b"moof") - 4 :]


def box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


for name in (b"free", b"mdat", b"uuid", b"udta"):

    @evasion("vid", f"MP4, a {name.decode()} box", "video/mp4", open=False)
    def in_box(picture: Picture, name: bytes = name) -> bytes:
        return box(b"ftyp", b"isom\0\0\2\0isom") + box(name, picture.jpeg)


@evasion("vid", "M4A cover", "audio/mp4", open=False)
def cover(picture: Picture) -> bytes:
    data = box(b"data", struct.pack(">II", 13, 0) + picture.jpeg)
    meta = box(b"meta", bytes(4) + box(b"ilst", box(b"covr", data)))
    return box(b"ftyp", b"M4A \0\0\2\0") + box(b"moov", box(b"udta", meta))


def apic(jpeg: bytes) -> bytes:
    frame = b"\0image/jpeg\0\3\0" + jpeg
    size = len(frame) + 10
    head = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + head + b"APIC" + struct.pack(">IH", len(frame), 0) + frame


def silence(form: str, codec: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.int16), format="s16", layout="mono")
        frame.rate = 44100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


@evasion("vid", "MP3 cover", "audio/mpeg")
def mp3(picture: Picture) -> bytes:
    return apic(picture.jpeg) + (b"\xff\xfb\x90\x64" + bytes(413)) * 8


def flac_picture(jpeg: bytes) -> bytes:
    return struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">IIIIII", 0, 0, 0, 0, 0, len(jpeg)) + jpeg


@evasion("vid", "FLAC cover", "audio/flac")
def flac(picture: Picture) -> bytes:
    plain, block = silence("flac", "flac"), flac_picture(picture.jpeg)
    return plain[:42] + b"\x06" + struct.pack(">I", len(block))[1:] + block + plain[42:]


@evasion("vid", "Ogg, picture block", "audio/ogg", open=False)
def ogg(picture: Picture) -> bytes:
    text = b"METADATA_BLOCK_PICTURE=" + base64.b64encode(flac_picture(picture.jpeg))
    return b"OggS\0\2" + bytes(20) + text


@evasion("vid", "WAV, a chunk", "audio/wav", open=False)
def wav(picture: Picture) -> bytes:
    plain, jpeg = silence("wav", "pcm_s16le"), picture.jpeg
    body = plain[8:] + b"junk" + struct.pack("<I", len(jpeg)) + jpeg + bytes(len(jpeg) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@evasion("vid", "WAV, as samples", "audio/wav", open=False)
def wav_samples(picture: Picture) -> bytes:
    jpeg = picture.jpeg + bytes(len(picture.jpeg) % 2)
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + fmt + b"data" + struct.pack("<I", len(jpeg)) + jpeg
    return b"RIFF" + struct.pack("<I", len(body)) + body


@evasion("vid", "AVI, an index nobody reads", "video/avi", open=False)
def avi(picture: Picture) -> bytes:
    jpeg = picture.jpeg + bytes(len(picture.jpeg) % 2)
    body = b"AVI JUNK" + struct.pack("<I", len(jpeg)) + jpeg
    return b"RIFF" + struct.pack("<I", len(body)) + body


@evasion("vid", "JPEGs one behind the other", "video/x-motion-jpeg")
def mjpeg(picture: Picture) -> bytes:
    return innocent() * 3 + picture.jpeg + innocent()


@evasion("vid", "HLS list of data: URIs", "application/vnd.apple.mpegurl", open=False)
def hls(picture: Picture) -> bytes:
    data = base64.b64encode(video(picture, "mpegts", "libx264", count=4))
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ndata:video/mp2t;base64," + data + b"\n#EXT-X-ENDLIST\n"
