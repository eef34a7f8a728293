import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def shapefile(content: bytes) -> bytes:
    content += bytes(len(content) % 2)
    size = (100 + len(content)) // 2
    return (
        b"\0\0\x27\x0a".ljust(24, b"\0") + struct.pack(">I", size) + struct.pack("<II", 1_000, 5) + bytes(64) + content
    )


def dbase(*rows: bytes, behind: bytes = b"\x1a") -> bytes:
    width = len(rows[0])
    column = b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([width - 1]) + bytes(15)
    head = struct.pack("<4BIHH", 3, 95, 7, 26, len(rows), 65, width) + bytes(20) + column + b"\r"
    return head + b"".join(rows) + behind


def test_shapes(look: Look, face_jpeg: bytes) -> None:
    outline = struct.pack("<800d", *(n / 7 for n in range(800)))
    assert look(shapefile(outline)) == Clear("shapefile")
    assert isinstance(look(shapefile(outline + face_jpeg)), Faces)
    assert isinstance(look(shapefile(os.urandom(40_000))), Unreadable)
    assert isinstance(look(shapefile(outline)[:-2]), Unreadable)


def test_tables(look: Look, face_jpeg: bytes) -> None:
    towns = [b" " + name.ljust(40) for name in (b"Houston", b"Dallas", b"Oklahoma City", b"Wellington")] * 30
    assert look(dbase(*towns)) == Clear("dbase")
    assert look(dbase(*towns, behind=b"")) == Clear("dbase")
    pieces = [face_jpeg.hex()[at : at + 80].ljust(80).encode() for at in range(0, 2 * len(face_jpeg), 80)]
    assert isinstance(look(dbase(*pieces)), Faces)
    assert isinstance(look(dbase(*[os.urandom(80) for _ in range(90)])), Unreadable)
    assert isinstance(look(dbase(*towns) + face_jpeg), Faces)


def test_addresses(look: Look, face_jpeg: bytes) -> None:
    tree = b"".join(n.to_bytes(3) for n in range(1, 4_000))
    marked = b"\0\0" + tree + b"Rio de Janeiro" * 9
    meta = b"\xab\xcd\xefMaxMind.com" + b"\xe9Kbinary_format_major_version"
    assert look(marked + meta) == Clear("addresses")
    assert isinstance(look(marked + face_jpeg + meta), Faces)
    assert isinstance(look(marked + os.urandom(40_000) + meta), Unreadable)
    assert isinstance(look(marked), Unreadable)
