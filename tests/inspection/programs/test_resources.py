import struct

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part
from facegate_addons.inspection.programs.resources import resources


def tree(kind: int, body: bytes, address: int = 0x1000) -> bytes:
    """Three directories of one entry each, the data entry, the data."""
    out = bytearray()
    for level, child in enumerate((0x8000_0018, 0x8000_0030, 0x48)):
        out += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1) + struct.pack("<II", kind if level == 0 else 1, child)
    return bytes(out) + struct.pack("<4I", address + 0x58, len(body), 0, 0) + body


def pieces(kind: int, body: bytes) -> list[object]:
    data = tree(kind, body)
    return list(resources(data, 0x1000, [(0x1000, len(data), 0)], Budget(Limits())))


def test_icons_and_bitmaps_become_files() -> None:
    dib = struct.pack("<IiiHHIIiiII", 40, 16, 32, 1, 32, 0, 0, 0, 0, 0, 0) + bytes(16 * 16 * 4 + 64)
    (icon,) = pieces(3, dib)
    assert isinstance(icon, Part)
    assert icon.data[:4] == b"\0\0\1\0"
    assert icon.data[22:] == dib
    (bitmap,) = pieces(2, dib)
    assert isinstance(bitmap, Part)
    assert bitmap.data[:2] == b"BM"
    (png,) = pieces(3, b"\x89PNG\r\n\x1a\n and so on")
    assert png == Part(b"\x89PNG\r\n\x1a\n and so on", "resource")


def test_raw_data_has_to_be_named() -> None:
    assert pieces(10, b"\1\2\3\xff" * 99) == [Part(b"\1\2\3\xff" * 99, "resource")]


def test_places_outside_are_refused() -> None:
    data = tree(3, b"x")
    for sections in ([], [(0x1000, 8, 0)]):
        with pytest.raises(Unread):
            list(resources(data, 0x1000, sections, Budget(Limits())))
