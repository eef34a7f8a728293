import os
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.documents.tables import font as pieces

Look = Callable[..., Verdict]


def test_unknown_tables_have_to_be_named(look: Look, font_with: Callable[..., bytes], face_jpeg: bytes) -> None:
    assert isinstance(look(font_with(XYZW=face_jpeg)), Faces)
    assert isinstance(look(font_with(XYZW=bytes(byte ^ 1 for byte in face_jpeg))), Unreadable)
    assert look(font_with(XYZW=b"a note of the maker")) == Clear("ttf")
    assert look(font_with(XYZW=b"a longer note of the maker " * 99)) == Clear("ttf")


@pytest.mark.parametrize("tag", ["GSUB", "GPOS", "kern", "fpgm", "gvar", "hdmx", "TSI1"])
def test_known_tables_do_not_hide(tag: str, look: Look, font_with: Callable[..., bytes], face_jpeg: bytes) -> None:
    assert isinstance(look(font_with(**{tag: face_jpeg})), Faces)
    assert isinstance(look(font_with(**{tag: zlib.compress(os.urandom(9_000))})), Unreadable)


def test_offsets_of_variations(look: Look, font_with: Callable[..., bytes], face_jpeg: bytes) -> None:
    offsets = sorted(random.Random(1).choices(range(0x10000), k=5_001))
    gvar = struct.pack(">HHHHIHHI", 1, 0, 2, 0, 0, 5_000, 0, 20 + 2 * 5_001) + struct.pack(">5001H", *offsets)
    assert look(font_with(gvar=gvar + bytes(99))) == Clear("ttf")
    assert isinstance(look(font_with(gvar=gvar + face_jpeg)), Faces)
    assert isinstance(look(font_with(gvar=gvar + os.urandom(9_000))), Unreadable)
    assert isinstance(look(font_with(gvar=gvar[:20] + os.urandom(10_002))), Unreadable)


def test_names_are_text(look: Look, font_with: Callable[..., bytes], face_jpeg: bytes) -> None:
    import base64

    text = base64.b64encode(face_jpeg)[:60_000]
    assert isinstance(look(font_with(XYZW=text)), Faces)
    assert isinstance(look(font_with(name=b"\0\0\0\0\0\6" + bytes(range(256)) * 8)), Unreadable)


def test_what_is_no_font(font_with: Callable[..., bytes]) -> None:
    from facegate_addons.domain.limits import Limits

    for tables in ({}, {"head": bytes(54), "maxp": bytes(32)}, {"maxp": bytes(32), "glyf": b""}):
        with pytest.raises(Unread):
            list(pieces(tables, tables.keys(), Budget(Limits())))
