import io
import zlib

import pytest
from facegate_addons.inspection.stills.structure import layout
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

NOTE = "a note that is long enough to be one " * 20


def saved(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
def test_the_end(kind: str) -> None:
    data = saved(kind)
    assert layout(kind, data + b"behind").end == len(data)
    assert layout(kind, data[: len(data) // 2]).end == len(data) // 2


def test_progressive_jpeg_ends_once() -> None:
    data = saved("JPEG", progressive=True, exif=b"Exif\0\0" + saved("JPEG"))
    assert layout("jpeg", data + b"behind").end == len(data)


def test_notes() -> None:
    text = PngInfo()
    text.add_text("plain", NOTE)
    text.add_text("packed", NOTE, zip=True)
    text.add_itxt("international", NOTE, zip=True)
    assert [NOTE.encode() in note for note in layout("png", saved("PNG", pnginfo=text)).notes] == [True] * 3
    assert layout("jpeg", saved("JPEG", comment=NOTE.encode())).notes == [NOTE.encode()]
    assert layout("gif", saved("GIF", comment=NOTE.encode())).notes == [NOTE.encode()]
    assert layout("webp", saved("WEBP", xmp=NOTE.encode())).notes == [NOTE.encode()]


def test_a_packed_note_is_bounded() -> None:
    packed = b"k\0\0" + zlib.compress(bytes(50_000_000))
    chunk = len(packed).to_bytes(4, "big") + b"zTXt" + packed + bytes(4)
    assert len(layout("png", b"\x89PNG\r\n\x1a\n" + chunk).notes[0]) <= 4 << 20


@given(st.sampled_from(["jpeg", "png", "gif", "webp", "tiff", "bmp", "psd", "pnm", "qoi"]), st.binary(max_size=400))
def test_never_raises(kind: str, data: bytes) -> None:
    assert 0 <= layout(kind, data).end <= len(data)
