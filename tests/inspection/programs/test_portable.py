import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def java(text: bytes, attribute: bytes = b"") -> bytes:
    pool = b"\1" + struct.pack(">H", len(text)) + text + b"\5" + bytes(8)
    attributes = struct.pack(">HHI", 1, 1, len(attribute)) + attribute if attribute else b"\0\0"
    return b"\xca\xfe\xba\xbe" + struct.pack(">HHH", 0, 61, 4) + pool + bytes(8) + bytes(4) + attributes


def mo(*texts: bytes) -> bytes:
    texts = (b"Content-Type: text/plain; charset=UTF-8\n", *texts)
    count = len(texts)
    at, rows, body = 28 + 16 * count, b"", b""
    for text in (*([b"id"] * count), *texts):
        rows += struct.pack("<II", len(text), at + len(body))
        body += text + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, at) + rows + body


def test_java(look: Look, face_jpeg: bytes) -> None:
    assert look(java(b"hello")) == Clear("class")
    assert isinstance(look(java(b"x", face_jpeg)), Faces)
    assert isinstance(look(java(b"x") + face_jpeg), Faces)
    assert isinstance(look(java(b"x") + os.urandom(900)), Unreadable)
    assert isinstance(look(java(b"x", os.urandom(1 << 16))), Unreadable)
    assert isinstance(look(java(b"x")[:-3]), Unreadable)


def test_python(look: Look, face_jpeg: bytes) -> None:
    import importlib.util
    from pathlib import Path

    compiled = Path(importlib.util.cache_from_source(importlib.util.__file__))
    if compiled.exists():
        assert look(compiled.read_bytes()) == Clear("pyc")
    head = b"\xf3\x0d\r\n" + bytes(12) + b"\xe3"
    assert isinstance(look(head + face_jpeg), Faces)
    assert isinstance(look(head + os.urandom(1 << 16)), Unreadable)


def test_translations(look: Look, face_jpeg: bytes) -> None:
    assert look(mo(b"Guten Tag", "schön".encode(), b"x" * 300)) == Clear("mo")
    assert isinstance(look(mo(face_jpeg)), Faces)
    assert isinstance(look(mo(b"a") + face_jpeg), Faces)
    assert isinstance(look(mo(os.urandom(900))), Unreadable)
    assert isinstance(look(mo(b"Guten Tag")[:60]), Unreadable)
