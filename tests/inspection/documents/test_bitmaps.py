import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def sbix(picture: bytes) -> bytes:
    glyph = struct.pack(">hh4s", 0, 0, b"jpg ") + picture
    strike = struct.pack(">HH3I", 64, 72, 16, 16, 16 + len(glyph)) + glyph
    return struct.pack(">HHII", 1, 1, 1, 12) + strike


def strike(picture: bytes, image: int = 17, depth: int = 32, dots: int = 100) -> tuple[bytes, bytes]:
    """CBDT and CBLC of one glyph."""
    data = struct.pack(">I", 0x30000) + struct.pack(">5BI", 100, 100, 0, 0, 100, len(picture)) + picture
    size = struct.pack(">4I", 56, 24, 1, 0) + bytes(24) + struct.pack(">HH4B", 1, 1, dots, dots, depth, 1)
    index = struct.pack(">HHI", 1, 1, 8) + struct.pack(">HHI2I", 1, image, 4, 0, len(data) - 4)
    return data, struct.pack(">II", 0x30000, 1) + size + index


def svg(document: bytes) -> bytes:
    return struct.pack(">HII", 0, 10, 0) + struct.pack(">HHHII", 1, 1, 1, 14, len(document)) + document


def test_sbix(look: Look, font_with: Callable[..., bytes], face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(font_with(sbix=sbix(face_jpeg))), Faces)
    assert look(font_with(sbix=sbix(plain_jpeg))) == Clear("ttf")
    assert isinstance(look(font_with(sbix=sbix(plain_jpeg)[:40])), Unreadable)


def test_colour_bitmaps(look: Look, font_with: Callable[..., bytes], face_as: Callable[..., bytes]) -> None:
    data, places = strike(face_as("PNG", size=(136, 136)))
    assert isinstance(look(font_with(CBDT=data, CBLC=places)), Faces)


def test_dots(look: Look, font_with: Callable[..., bytes]) -> None:
    data, places = strike(bytes(32), image=5, depth=1, dots=16)
    assert look(font_with(EBDT=data, EBLC=places)) == Clear("ttf")
    data, places = strike(bytes(9_000), image=5, depth=8, dots=96)
    assert isinstance(look(font_with(EBDT=data, EBLC=places)), Unreadable)


def test_svg_glyphs(look: Look, font_with: Callable[..., bytes], face_jpeg: bytes) -> None:
    import base64

    assert look(font_with(SVG_=svg(b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"))) == Clear("ttf")
    uri = b"<svg><image href='data:image/jpeg;base64," + base64.b64encode(face_jpeg) + b"'/></svg>"
    assert isinstance(look(font_with(SVG_=svg(uri))), Faces)
