import os
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def elf(body: bytes, *, name: bytes = b".debug_x", flags: int = 0, behind: bytes = b"") -> bytes:
    """Head, one section, the sections' names, the table of sections."""
    names = b"\0" + name + b"\0.shstrtab\0"
    names += bytes(-len(names) % 8)
    table = 64 + len(body) + len(names)
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, table, 0, 64, 56, 0, 64, 3, 2)
    rows = bytes(64)
    rows += struct.pack("<IIQQQQIIQQ", 1, 1, flags, 0, 64, len(body), 0, 0, 1, 0)
    rows += struct.pack("<IIQQQQIIQQ", len(name) + 2, 3, 0, 0, 64 + len(body), len(names), 0, 0, 1, 0)
    return head + body + names + rows + behind


def test_libraries_are_clear(look: Look) -> None:
    import binascii
    import zlib as library

    for module in (binascii, library):
        if path := getattr(module, "__file__", None):
            assert look(Path(path).read_bytes()) == Clear("elf")
    assert look(elf(b"\1\2\3" * 900)) == Clear("elf")
    assert sys.platform


def test_a_face_in_it(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(elf(face_jpeg, flags=2)), Faces)
    assert isinstance(look(elf(b"code", behind=face_jpeg)), Faces)
    packed = struct.pack("<IIQQ", 1, 0, len(face_jpeg), 1) + zlib.compress(face_jpeg)
    assert isinstance(look(elf(packed, flags=0x800)), Faces)


def test_what_nobody_can_name(look: Look) -> None:
    assert isinstance(look(elf(b"\1\2\3\xff" * 900, name=b".mine")), Unreadable)
    assert isinstance(look(elf(b"words " * 900, name=b".mine")), Clear)
    assert isinstance(look(elf(os.urandom(300 << 10), flags=2)), Unreadable)
    assert isinstance(look(elf(b"code", behind=os.urandom(20_000))), Unreadable)
    assert isinstance(
        look(elf(struct.pack("<IIQQ", 1, 0, 9, 1) + zlib.compress(bytes(9_999)), flags=0x800)), Unreadable
    )
    assert isinstance(look(elf(b"code")[:80]), Unreadable)
    assert isinstance(look(b"\x7fELF" + os.urandom(9_000)), Unreadable)
