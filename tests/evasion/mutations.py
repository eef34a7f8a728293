"""Compositions: a picture of a face, in any encoding, in one to three wrappings drawn at random, under any head.

Every choice is Hypothesis's, so that a composition that gets past is shrunk to its least. Wrappings that hide what they
hold from everybody without their key (a cipher, an alphabet of one's own) are no part of it.
"""

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import brotli
import cbor2
import msgpack
import zstandard
from evasion.case import Picture, encoded, innocent
from evasion.formats import chunk
from evasion.metadata import segment
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from PIL import Image

Wrapping = Callable[[DrawFn, bytes], bytes]
NAMES = st.text("abcXYZ019._-/ ü", min_size=1, max_size=12)
SPACE = st.sampled_from([b"", b" ", b"\n", b"\r\n", b"\t", b"  \n  "])


@dataclass(frozen=True)
class Mutation:
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...]
    how: tuple[str, ...]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:  # a body is too long to be read
        return f"Mutation({' > '.join(self.how)}, {len(self.body)} bytes, {self.content_type!r}, {self.headers})"


def lined(draw: DrawFn, text: bytes) -> bytes:
    width, end = draw(st.integers(40, 20_000)), draw(st.sampled_from([b"\n", b"\r\n", b"\n ", b" "]))
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def gzipped(draw: DrawFn, data: bytes) -> bytes:
    cut = draw(st.integers(0, 20))
    first, last = data[:cut], data[cut:]
    return (gzip.compress(first) if cut else b"") + gzip.compress(last, draw(st.integers(1, 9)))


def zipped(draw: DrawFn, data: bytes) -> bytes:
    members = [(name, b"hello " * draw(st.integers(0, 50))) for name in draw(st.lists(NAMES, max_size=4, unique=True))]
    members.insert(draw(st.integers(0, len(members))), (draw(NAMES) + ".x", data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", draw(st.sampled_from([0, 8, 12, 14]))) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def tarred(draw: DrawFn, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=draw(st.sampled_from([0, 1, 2]))) as archive:
        for content in draw(st.permutations([data, b"hello", b""])):
            info = tarfile.TarInfo(draw(NAMES))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def data_uri(draw: DrawFn, data: bytes) -> bytes:
    quote, kind = (
        draw(st.sampled_from([b'"', b"'", b""])),
        draw(st.sampled_from([b"image/jpeg", b"", b"x/y;a=b", b"IMAGE/PNG"])),
    )
    source = b"data:" + kind + draw(st.sampled_from([b";base64,", b";BASE64,"])) + base64.b64encode(data)
    return b"<p>hello</p>" * draw(st.integers(0, 30)) + b"<img" + draw(SPACE) + b" src=" + quote + source + quote + b">"


def in_json(draw: DrawFn, data: bytes) -> bytes:
    text = draw(st.sampled_from([base64.b64encode, base64.urlsafe_b64encode, bytes.hex]))(data)
    text = text if isinstance(text, str) else text.decode()
    keys = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    value: object = dict.fromkeys(keys, "hello") | {draw(st.sampled_from(keys)): text}
    return json.dumps([value] if draw(st.booleans()) else value, indent=draw(st.sampled_from([None, 2]))).encode()


def multipart(draw: DrawFn, data: bytes) -> bytes:
    boundary = draw(st.sampled_from([b"B", b"----x", b"=_1"]))
    heads = draw(st.permutations([b"Content-Type: image/jpeg", b"Content-ID: <a>", b"X-A: b"]))
    parts = draw(st.permutations([b"\r\n".join(heads) + b"\r\n\r\n" + data, b"\r\nhello"]))
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def behind(draw: DrawFn, data: bytes) -> bytes:
    kind = draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP"]))
    return innocent(kind, 32) * draw(st.integers(1, 4)) + bytes(draw(st.integers(0, 64))) + data


def in_comment(draw: DrawFn, data: bytes) -> bytes:
    size, marker = draw(st.integers(700, 60_000)), draw(st.sampled_from([0xFE, 0xE1, 0xE9, 0xED]))
    several = b"".join(segment(marker, data[at : at + size]) for at in range(0, len(data), size))
    return innocent("JPEG", 32)[:2] + several + innocent("JPEG", 32)[2:]


def in_chunk(draw: DrawFn, data: bytes) -> bytes:
    png, size = innocent("PNG", 32), draw(st.integers(700, 60_000))
    name = draw(st.sampled_from([b"prVt", b"eXIf", b"abCd"]))
    return png[:33] + b"".join(chunk(name, data[at : at + size]) for at in range(0, len(data), size)) + png[33:]


def in_record(draw: DrawFn, data: bytes) -> bytes:
    dump = draw(st.sampled_from([msgpack.packb, cbor2.dumps]))
    packed: bytes = dump({draw(NAMES): draw(st.sampled_from([1, "x", None])), "p": data})
    return packed


def framed(draw: DrawFn, data: bytes) -> bytes:
    return draw(st.sampled_from([b"\0", b"\1", b"\x80"])) + struct.pack(">I", len(data)) + data


def led(draw: DrawFn, data: bytes) -> bytes:
    return draw(st.binary(min_size=1, max_size=300)) + data


def trailed(draw: DrawFn, data: bytes) -> bytes:
    return data + draw(st.binary(min_size=1, max_size=2000))


def cut(draw: DrawFn, data: bytes) -> bytes:
    return data[: len(data) - draw(st.integers(1, len(data) // 5))]


WRAPPINGS: dict[str, Wrapping] = {
    "gzip": gzipped,
    "zlib": lambda draw, data: zlib.compress(data, draw(st.integers(0, 9))),
    "bzip2": lambda draw, data: bz2.compress(data, draw(st.integers(1, 9))),
    "xz": lambda draw, data: lzma.compress(data, preset=draw(st.integers(0, 3))),
    "zstd": lambda draw, data: zstandard.ZstdCompressor(level=draw(st.integers(1, 10))).compress(data),
    "zip": zipped,
    "tar": tarred,
    "base64": lambda draw, data: lined(draw, base64.b64encode(data)),
    "base64url": lambda draw, data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "hex": lambda draw, data: lined(draw, data.hex().encode()),
    "data URI": data_uri,
    "JSON": in_json,
    "multipart": multipart,
    "behind pictures": behind,
    "JPEG segments": in_comment,
    "PNG chunks": in_chunk,
    "record": in_record,
    "frame": framed,
    "junk before": led,
    "junk behind": trailed,
    "cut off": cut,
}
CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstandard.compress,
}
TYPES = ("", "image/jpeg", "text/html", "application/json", "application/octet-stream", "video/mp4", "font/woff2", "x")


@st.composite
def mutations(draw: DrawFn, picture: Picture) -> Mutation:
    side = draw(st.integers(128, 200))
    image = picture.image.resize((side, side), Image.Resampling.BILINEAR)
    kind = draw(st.sampled_from(["JPEG", "JPEG", "PNG", "WEBP", "GIF"]))
    quality = draw(st.integers(50, 95))
    options: dict[str, object] = {
        "JPEG": {"quality": quality, "progressive": draw(st.booleans())},
        "PNG": {"compress_level": quality // 11},
        "WEBP": {"quality": quality, "method": 0},
        "GIF": {},
    }[kind]
    body, how = encoded(image, kind, **options), [kind]
    for name in draw(st.lists(st.sampled_from(sorted(WRAPPINGS)), min_size=1, max_size=3)):
        body = WRAPPINGS[name](draw, body)
        how.append(name)
    fields = [("X-A", "b"), ("ETag", '"1"'), ("Cache-Control", "no-store")]
    if coding := draw(st.sampled_from([None, None, None, *CODERS])):
        body = CODERS[coding](body)
        how.append(f"coded {coding}")
        spelled = draw(st.sampled_from([coding, coding.upper(), f" {coding}", f"identity, {coding}"]))
        fields.append((draw(st.sampled_from(["Content-Encoding", "content-encoding"])), spelled))
    return Mutation(body, draw(st.sampled_from(TYPES)), tuple(draw(st.permutations(fields))), tuple(how))
