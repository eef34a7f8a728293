import io
import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from PIL import Image

Look = Callable[..., Verdict]


def pe(body: bytes, resources: bool = False, behind: bytes = b"") -> bytes:
    """A program of one section at 512; `body` may be its tree of resources."""
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0)
    optional = bytearray(240)
    optional[:2] = b"\x0b\x02"
    struct.pack_into("<I", optional, 60, 512)
    struct.pack_into("<I", optional, 108, 16)
    if resources:
        struct.pack_into("<II", optional, 112 + 16, 0x1000, len(body))
    row = b".rsrc\0\0\0" + struct.pack("<IIIIIIHHI", len(body), 0x1000, len(body), 512, 0, 0, 0, 0, 0)
    head = dos + coff + bytes(optional) + row
    return head + bytes(512 - len(head)) + body + behind


def tree(kind: int, body: bytes) -> bytes:
    out = bytearray()
    for level, child in enumerate((0x8000_0018, 0x8000_0030, 0x48)):
        out += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1) + struct.pack("<II", kind if level == 0 else 1, child)
    return bytes(out) + struct.pack("<4I", 0x1000 + 0x58, len(body), 0, 0) + body


def test_a_program_is_clear(look: Look) -> None:
    assert look(pe(b"\x48\x89\xe5" * 500)) == Clear("pe")
    assert look(pe(tree(24, b"<assembly/>" * 40), resources=True)) == Clear("pe")


def test_a_face_in_it(look: Look, face_jpeg: bytes, face_as: Callable[..., bytes]) -> None:
    assert isinstance(look(pe(face_jpeg)), Faces)
    assert isinstance(look(pe(b"code", behind=face_jpeg)), Faces)
    assert isinstance(look(pe(tree(10, face_jpeg), resources=True)), Faces)
    assert isinstance(look(pe(tree(3, face_as("PNG", size=(256, 256))), resources=True)), Faces)
    bitmap = face_as("BMP", size=(200, 200))[14:]
    assert isinstance(look(pe(tree(2, bitmap), resources=True)), Faces)
    ico = io.BytesIO()
    Image.open(io.BytesIO(face_as("PNG", size=(128, 128)))).convert("RGBA").save(
        ico, "ICO", sizes=[(128, 128)], bitmap_format="bmp"
    )
    assert isinstance(look(pe(tree(3, ico.getvalue()[22:]), resources=True)), Faces)


def test_what_nobody_can_name(look: Look) -> None:
    assert isinstance(look(pe(b"code", behind=os.urandom(900))), Unreadable)
    assert isinstance(look(pe(tree(10, os.urandom(900)), resources=True)), Unreadable)
    assert look(b"MZ" + bytes(200)) == Unreadable(Reason.UNSUPPORTED_TYPE, "dos program")
    assert isinstance(look(pe(b"code")[:200]), Unreadable)


def test_objects(look: Look, face_jpeg: bytes) -> None:
    def coff(body: bytes) -> bytes:
        head = struct.pack("<HHIIIHH", 0x8664, 1, 0, 60 + len(body), 1, 0, 0)
        row = b".text\0\0\0" + struct.pack("<IIIIIIHHI", 0, 0, len(body), 60, 0, 0, 0, 0, 0)
        return head + row + body + bytes(18) + struct.pack("<I", 4)

    assert look(coff(b"\x48\x89\xe5" * 500)) == Clear("coff")
    assert isinstance(look(coff(face_jpeg)), Faces)
    assert isinstance(look(coff(b"code") + os.urandom(20_000)), Unreadable)
