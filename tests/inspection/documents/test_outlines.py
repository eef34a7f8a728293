import io
import os
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.outlines import cff, glyf, transformed
from facegate_addons.inspection.parts import Part
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen

Look = Callable[..., Verdict]


def compact() -> bytes:
    build = FontBuilder(1000, isTTF=False)
    build.setupGlyphOrder([".notdef", "A"])
    build.setupCharacterMap({65: "A"})
    pen = T2CharStringPen(500, None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.closePath()
    drawing = pen.getCharString()
    build.setupCFF("Test", {}, {".notdef": drawing, "A": drawing}, {})
    build.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    build.setupHorizontalHeader()
    build.setupNameTable({"familyName": "Test"})
    build.setupOS2()
    build.setupPost()
    out = io.BytesIO()
    build.font.save(out)
    return out.getvalue()


def test_compact_outlines(look: Look) -> None:
    assert look(compact()) == Clear("otf")
    with pytest.raises(Unread):
        cff(b"\1\0\4\2" + b"\xff" * 99, "CFF ")
    with pytest.raises(Unread):
        cff(b"\2\0\4\2" + bytes(99), "CFF ")


def tables(outlines: bytes, *offsets: int) -> dict[str, bytes]:
    head = bytearray(54)
    head[51] = 1
    loca = struct.pack(f">{len(offsets)}I", *offsets)
    return {"glyf": outlines, "loca": loca, "head": bytes(head), "maxp": struct.pack(">IH", 0x10000, len(offsets) - 1)}


def test_a_picture_is_no_outline(face_jpeg: bytes, look: Look, font_with: Callable[..., bytes]) -> None:
    budget = Budget(Limits())
    for broken in (
        tables(face_jpeg, 0, len(face_jpeg)),
        tables(face_jpeg, 0, len(face_jpeg) + 1),
        tables(face_jpeg, 9, 0),
        tables(b"\0\0" + face_jpeg, 0) | {"loca": b""},
        tables(struct.pack(">h8xHH", 1, 3, 0) + bytes(9_000), 0, 9_014),
    ):
        with pytest.raises(Unread):
            list(glyf(broken, budget))
    assert list(glyf(tables(face_jpeg, 0, 0), budget)) == [Part(face_jpeg, "behind the outlines")]
    assert list(glyf(tables(struct.pack(">h8x3H", 1, 2, 0, 0) + bytes(9), 0, 25), budget)) == []


def test_streams_have_to_agree(look: Look) -> None:
    good = struct.pack(">4H7I", 0, 0, 1, 0, 2, 1, 3, 4, 0, 4, 0) + b"\0\1" + b"\3" + b"\0\0\0" + b"\0" * 4 + b"\0" * 4
    assert list(transformed({"glyf": good})) == []
    for broken in (good + b"x", good.replace(b"\0\1\3", b"\0\1\4"), good.replace(b"\0\1\3", b"\0\2\3")):
        with pytest.raises((Unread, IndexError)):
            list(transformed({"glyf": broken}))


def test_dense_outlines_are_none(look: Look, font_with: Callable[..., bytes]) -> None:
    assert isinstance(look(font_with(gvar=os.urandom(5_000))), Unreadable)
    assert isinstance(look(font_with(gvar=b"\0\1\0\0" + bytes(8_000))), Clear)


def test_a_face_among_outlines(look: Look, font: bytes, face_jpeg: bytes) -> None:
    assert isinstance(look(font.replace(b"glyf", b"glyX") + face_jpeg), Faces)
