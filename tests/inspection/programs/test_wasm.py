import os
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]


def leb(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + leb(len(body)) + body


def custom(name: str, body: bytes) -> bytes:
    return section(0, leb(len(name)) + name.encode() + body)


def module(*sections: bytes) -> bytes:
    return b"\0asm\1\0\0\0" + b"".join(sections)


CODE = section(10, leb(3) + (leb(4) + b"\0\x41\0\x0b") * 3)
TABLE = section(11, b"\1\0\x41\0\x0b" + leb(9_000) + b"\1\2\3" * 3_000)


def test_a_module_is_clear(look: Look) -> None:
    assert look(module()) == Clear("wasm")
    assert look(module(CODE, TABLE, custom("name", b"\1\2" * 300), custom("sourceMappingURL", b"x.map"))) == Clear(
        "wasm"
    )


def test_a_face_in_it(look: Look, face_jpeg: bytes) -> None:
    for body in (section(11, face_jpeg), custom("picture", face_jpeg), custom("name", face_jpeg), face_jpeg):
        assert isinstance(look(module(CODE, body)), Faces)


def test_what_nobody_can_name(look: Look) -> None:
    assert look(module(custom("picture", os.urandom(900)))) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(module(section(11, os.urandom(1 << 18)))) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(module(custom("note", b"words of the maker " * 99))) == Clear("wasm")


def test_what_is_no_module(look: Look) -> None:
    broken = [module(section(14, b"")), module(CODE)[:-2], module(section(10, leb(1) + leb(9) + b"\0\x0b"))]
    broken += [module(b"\1\x80\x80\x80\x80\x80\1"), module(custom("", b"")[:1])]
    for body in broken:
        assert look(body) == Unreadable(Reason.UNDECODABLE, "wasm")
    assert look(b"\0asm\x0d\0\1\0") == Unreadable(Reason.UNSUPPORTED_TYPE, "wasm")
