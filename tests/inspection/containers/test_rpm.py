import lzma
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

from tests.inspection.containers.test_cpio import cpio, newc

Look = Callable[..., Verdict]


def header(data: bytes) -> bytes:
    index = struct.pack(">4L", 1000, 6, 0, 1)
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">2L", 1, len(data)) + index + data


def rpm(payload: bytes, signature: bytes = b"\1\2\3\4") -> bytes:
    signed = header(signature)
    signed += bytes(-len(signed) % 8)
    return b"\xed\xab\xee\xdb\3\0" + bytes(90) + signed + header(b"a name\0") + payload


def test_packages(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(rpm(lzma.compress(cpio(newc, b"text", face_jpeg)))), Faces)
    assert look(rpm(lzma.compress(cpio(newc, b"text", plain_jpeg)))) == Clear("rpm")
    assert isinstance(look(rpm(lzma.compress(cpio(newc, b"text")), face_jpeg)), Faces)


def test_broken(look: Look) -> None:
    body = rpm(lzma.compress(cpio(newc, b"text")))
    assert look(body[:-8]) == Unreadable(Reason.UNDECODABLE, "xz")
    assert look(body[:110]) == Unreadable(Reason.UNDECODABLE, "rpm")
    assert look(body.replace(b"\x8e\xad", b"\x8e\xae")) == Unreadable(Reason.UNDECODABLE, "rpm")
