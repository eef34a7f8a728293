"""A small font, made here, for all tests that pack one."""

import io
from collections.abc import Callable

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable


def built(**tables: bytes) -> bytes:
    """A TrueType font with two glyphs, and with tables of other bytes (`SVG_=...` for "SVG ")."""
    build = FontBuilder(1024)
    build.setupGlyphOrder([".notdef", "A"])
    build.setupCharacterMap({65: "A"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((250, 700))
    pen.closePath()
    build.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "A": pen.glyph()})
    build.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    build.setupHorizontalHeader()
    build.setupNameTable({"familyName": "Test", "styleName": "Regular"})
    build.setupOS2()
    build.setupPost()
    for tag, data in tables.items():
        table = newTable("zzzz")
        table.data = data
        build.font[tag.replace("_", " ")] = table
    out = io.BytesIO()
    build.font.save(out)
    return out.getvalue()


def flavoured(font: bytes, flavour: str) -> bytes:
    out = io.BytesIO()
    loaded = TTFont(io.BytesIO(font), recalcTimestamp=False)
    loaded.flavor = flavour
    loaded.save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def font_with() -> Callable[..., bytes]:
    return built


@pytest.fixture(scope="session")
def as_flavour() -> Callable[[bytes, str], bytes]:
    return flavoured


@pytest.fixture(scope="session")
def font() -> bytes:
    return built()
