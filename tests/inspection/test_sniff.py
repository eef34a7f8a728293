import io
import pickle

import pytest
from facegate_addons.inspection.sniff import sniff
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

WRITTEN = {
    "JPEG": "jpeg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "TIFF": "tiff", "BMP": "bmp",
    "ICO": "ico", "ICNS": "icns", "JPEG2000": "jp2", "QOI": "qoi", "PPM": "pnm", "TGA": "tga", "DDS": "dds",
    "PCX": "pcx", "PDF": "pdf", "XBM": "xbm",
}  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_what_pillow_writes(written: str) -> None:
    out = io.BytesIO()
    Image.new("1" if written == "XBM" else "RGB", (64, 64), 1).save(out, written)
    assert sniff(out.getvalue()) == WRITTEN[written]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"MM\0+\0\x08\0\0", "tiff"),
        (b"\xff\x0a\x00", "jxl"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftyphevc\0\0\0\0msf1hevc", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "avif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "mp4"),
        (b"\0\0\0\x08moof", "mp4"),
        (b"PK\x03\x04", "zip"),
        (b"RIFF\0\0\0\0AVI ", "avi"),
        (b"wOF2", "woff2"),
        (b"\0asm\1\0\0\0", "wasm"),
        (b"PARE", "parquet"),
        (b"PAR1...PAR1", "parquet"),
        (b"FEA1", "feather"),
        (b"\xff\xff\xff\xff\x18\0\0\0\x10\0\0\0" + bytes(24), "arrow"),
        (b"\x93NUMPY\1\0", "npy"),
        (b"\x89HDF\r\n\x1a\n", "hdf5"),
        (pickle.dumps({"a": 1}), "pickle"),
        (pickle.dumps({"a": 1}, 2), "pickle"),
        (b"--x\r\nContent-Type: a/b\r\n\r\n", "multipart"),
        (b"\r\n----x\nX-Time: 1\nContent-Length: 3\n\nabc", "multipart"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n", "mail"),
        (b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nAA==", "mail"),
        (b"From x\nContent-Transfer-Encoding: base64\n\nAA==", "mailbox"),
        (b"From a Mon Jan\nFrom: b\nDate: c\n\nd", "mailbox"),
        (b"Received: from a\n by b\nFrom: c\nSubject: d\n\n", "mail"),
        (b"G" + bytes(187) + b"G" + bytes(187), "mpeg-ts"),
    ],
)
def test_magics(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    "text",
    [
        b"BM is a name",
        b"FORMAT of it",
        b"BZhello",
        b"ID3 tags",
        b"<html>",
        b"{}",
        b"icns are icons",
        b"PARENT",
        b"PAR1 of two",
        b"FEA1 is",
        b"ARROW1",
        b"---\nContent-Type: x\n",
        b"-- Content\n-- Host: a\n",
        b"From: here\n\n",
        b"Name: a\nDate: b\n\n",
    ],
)
def test_words_are_no_magics(text: bytes) -> None:
    assert sniff(text) == ""


@given(st.binary(max_size=600))
def test_never_raises(data: bytes) -> None:
    assert isinstance(sniff(data), str)
