import io
import os
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from fontTools.ttLib import TTCollection, TTFont

Look = Callable[..., Verdict]


def test_a_font_is_clear(look: Look, font: bytes) -> None:
    assert look(font) == Clear("ttf")


def test_a_collection_is_clear(look: Look, font: bytes) -> None:
    whole, out = TTCollection(), io.BytesIO()
    whole.fonts = [TTFont(io.BytesIO(font)), TTFont(io.BytesIO(font))]
    whole.save(out)
    assert look(out.getvalue()) == Clear("ttf")
    assert isinstance(look(out.getvalue() + os.urandom(999)), Unreadable)


def test_a_face_behind_the_tables(look: Look, font: bytes, face_jpeg: bytes) -> None:
    assert isinstance(look(font + face_jpeg), Faces)
    assert look(font + bytes(5_000)) == Clear("ttf")
    assert isinstance(look(font + os.urandom(900)), Unreadable)


def test_a_face_under_a_fonts_magic(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(b"\0\1\0\0\0\x0a\0\x80\0\3\0\x20" + face_jpeg), Faces)
    assert isinstance(look(b"OTTO" + bytes(byte ^ 0x55 for byte in face_jpeg)), Unreadable)


def test_tables_may_not_overlap(look: Look, font: bytes) -> None:
    broken = bytearray(font)
    (start,) = struct.unpack_from(">I", font, 12 + 8)
    struct.pack_into(">I", broken, 12 + 8, start + 2)
    assert isinstance(look(bytes(broken)), Unreadable)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_truncated(look: Look, font: bytes, share: float) -> None:
    assert look(font[: int(len(font) * share)]) == Unreadable(Reason.UNDECODABLE, "ttf")


def test_too_many_fonts(look: Look, font: bytes) -> None:
    assert isinstance(look(b"ttcf\0\1\0\0" + struct.pack(">I", 1 << 30) + font), Unreadable)
