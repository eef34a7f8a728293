import struct

from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.documents.blips import blips, pixels
from facegate_addons.inspection.parts import Part, Piece


def taken(body: bytes) -> tuple[list[Piece], bytes]:
    pieces, run = [], blips(body, Budget(Limits()))
    while True:
        try:
            pieces.append(next(run))
        except StopIteration as end:
            return pieces, end.value


def test_pictures_are_cut_out() -> None:
    picture = b"\xff\xd8\xff\xe0 and so on"
    record = struct.pack("<HHI", 0x46A0, 0xF01D, 17 + len(picture)) + bytes(17) + picture
    twice = struct.pack("<HHI", 0x46B0, 0xF02A, 33 + len(picture)) + bytes(33) + picture
    assert taken(b"before" + record + b"between" + twice + b"behind") == (
        [Part(picture, "picture"), Part(picture, "picture")],
        b"beforebetweenbehind",
    )
    assert taken(record[:-1]) == ([], record[:-1])
    assert taken(b"") == ([], b"")


def test_metafiles_with_pixels() -> None:
    emf = struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + bytes(44)
    end = struct.pack("<II12x", 14, 20)
    assert not pixels(emf + end)
    assert pixels(emf + struct.pack("<II12x", 81, 20) + end)
    assert pixels(emf)  # no end
    assert pixels(emf + struct.pack("<II", 2, 0))
    wmf = b"\1\0\x09\0" + bytes(14)
    assert not pixels(wmf + struct.pack("<IH2x", 4, 0x020B) + struct.pack("<IH2x", 3, 0))
    assert pixels(wmf + struct.pack("<IH2x", 4, 0x0F43) + struct.pack("<IH2x", 3, 0))
