import os
import struct
import zlib
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]


def ole(*, behind: bytes = b"", free: bytes = b"", **streams: bytes) -> bytes:
    """The index of sectors, directories, streams; each padded to what needs no small sectors."""
    rows = [b"Root Entry", *(name.encode() for name in streams)]
    bodies = [body.ljust(max(4_096, -(-len(body) // 512) * 512), b"\0") for body in streams.values()]
    folder = -(-len(rows) // 4)
    total = folder + sum(len(body) // 512 for body in bodies) + -(-len(free) // 512)
    tables = -(-(total + total // 128 + 2) // 128)
    fat = [0xFFFF_FFFD] * tables + [*range(tables + 1, tables + folder), 0xFFFF_FFFE]
    directory, at = b"", tables + folder
    for index, row in enumerate(rows):
        size = len(bodies[index - 1]) if index else 0
        name = row.decode().encode("utf-16-le")
        links = (0xFFFF_FFFF, index + 1 if index and index + 1 < len(rows) else 0xFFFF_FFFF)
        child = 1 if not index and len(rows) > 1 else 0xFFFF_FFFF
        directory += name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, 2 if index else 5, 1)
        directory += struct.pack("<III", *links, child) + bytes(36)
        directory += struct.pack("<IQ", at if index else 0xFFFF_FFFE, size)
        if index:
            fat += [*range(at + 1, at + size // 512), 0xFFFF_FFFE]
            at += size // 512
    fat += [0xFFFF_FFFF] * (tables * 128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, tables, tables, 0, 4_096, 0xFFFF_FFFE, 0, 0xFFFF_FFFE, 0)
    head += struct.pack("<109I", *range(tables), *[0xFFFF_FFFF] * (109 - tables))
    whole = head + struct.pack(f"<{len(fat)}I", *fat) + directory.ljust(folder * 512, b"\0") + b"".join(bodies)
    whole += free.ljust(-(-len(free) // 512) * 512, b"\0")
    # the index covers a whole table of sectors
    return whole.ljust(512 * (1 + len(fat)), b"\0") + behind if behind else whole


def blip(kind: int, picture: bytes) -> bytes:
    body = bytes(17) + picture
    return struct.pack("<HHI", 0x46A0, 0xF000 | kind, len(body)) + body


def metafile(data: bytes) -> bytes:
    packed = zlib.compress(data)
    body = bytes(16) + struct.pack("<I24xI2B", len(data), len(packed), 0, 0xFE) + packed
    return struct.pack("<HHI", 0x3D40, 0xF01A, len(body)) + body


def emf(*kinds: int) -> bytes:
    head = struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + bytes(44)
    return head + b"".join(struct.pack("<II12x", kind, 20) for kind in kinds) + struct.pack("<II12x", 14, 20)


def test_documents_are_clear(look: Look, plain_jpeg: bytes) -> None:
    assert look(ole(WordDocument=b"words " * 900)) == Clear("ole")
    assert look(ole(WordDocument=b"words " * 900, Data=b"\0\0" + blip(0x1D, plain_jpeg))) == Clear("ole")
    assert look(ole(Pictures=metafile(emf(2, 54)))) == Clear("ole")


def test_a_face_in_it(look: Look, face_jpeg: bytes, face_as: Callable[..., bytes]) -> None:
    assert isinstance(look(ole(Pictures=blip(0x1D, face_jpeg))), Faces)
    dib = face_as("BMP", size=(200, 200))[14:]
    assert isinstance(look(ole(Pictures=blip(0x1F, dib))), Faces)
    assert isinstance(look(ole(WordDocument=b"words" * 99 + face_jpeg)), Faces)
    assert isinstance(look(ole(**{"256_abc": bytes(24) + face_jpeg})), Faces)
    assert isinstance(look(ole(**{"__substg1.0_37010102": face_jpeg})), Faces)
    assert isinstance(look(ole(WordDocument=b"words", free=face_jpeg)), Faces)
    assert isinstance(look(ole(WordDocument=b"words", behind=face_jpeg)), Faces)


def test_packed_files(look: Look, face_jpeg: bytes) -> None:
    native = struct.pack("<IH", 0, 2) + b"a.jpg\0C:\\a.jpg\0" + struct.pack("<II", 3, 6) + b"C:\\a.\0"
    native += struct.pack("<I", len(face_jpeg)) + face_jpeg
    assert isinstance(look(ole(**{"\x01Ole10Native": native})), Faces)


def test_what_cannot_be_read(look: Look) -> None:
    assert look(ole(EncryptedPackage=b"x")) == Unreadable(Reason.ENCRYPTED, "ole")
    assert look(ole(WordDocument=bytes(10) + b"\0\1")) == Unreadable(Reason.ENCRYPTED, "ole")
    assert look(ole(Workbook=b"\x09\x08\4\0abcd\x2f\0")) == Unreadable(Reason.ENCRYPTED, "ole")
    assert look(ole(Pictures=metafile(emf(81)))) == Unreadable(Reason.UNSUPPORTED_TYPE, "metafile")
    assert isinstance(look(ole(**{"mine": os.urandom(5_000)})), Unreadable)
    assert isinstance(look(ole(WordDocument=os.urandom(30_000))), Unreadable)
    assert isinstance(look(ole(WordDocument=b"words", free=os.urandom(30_000))), Unreadable)
    assert isinstance(look(ole(WordDocument=b"words")[:700]), Unreadable)
    assert isinstance(look(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(3_000)), Unreadable)
