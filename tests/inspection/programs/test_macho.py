import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def macho(body: bytes) -> bytes:
    command = struct.pack("<II16sQQQQIIII", 0x19, 72, b"__TEXT", 0, len(body), 104, len(body), 7, 5, 0, 0)
    return struct.pack("<8I", 0xFEEDFACF, 0x0100_000C, 0, 6, 1, 72, 0, 0) + command + body


def universal(*programs: bytes) -> bytes:
    at, rows = 8 + 20 * len(programs), b""
    for program in programs:
        rows += struct.pack(">5I", 0, 0, at, len(program), 0)
        at += len(program)
    return struct.pack(">II", 0xCAFEBABE, len(programs)) + rows + b"".join(programs)


def test_programs_are_clear(look: Look) -> None:
    one = macho(b"\x1f\x20\x03\xd5" * 400)
    assert look(one) == Clear("macho")
    assert look(universal(one, one)) == Clear("universal")


def test_a_face_in_it(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(macho(face_jpeg)), Faces)
    assert isinstance(look(macho(b"code") + face_jpeg), Faces)
    assert isinstance(look(universal(macho(b"code"), face_jpeg)), Faces)


def test_what_nobody_can_name(look: Look) -> None:
    assert isinstance(look(macho(b"code") + os.urandom(40_000)), Unreadable)
    assert isinstance(look(universal(macho(b"code"), os.urandom(900))), Unreadable)
    assert isinstance(look(universal(macho(b"code")) + os.urandom(900)), Unreadable)
    assert isinstance(look(macho(b"code")[:50]), Unreadable)
