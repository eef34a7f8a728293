import os
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
MODULE = b"\0asm\1\0\0\0"


def section(kind: int, content: bytes) -> bytes:
    size, length = len(content), b""
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([kind]) + length + bytes([size]) + content


def written(data: bytes, *, raw: bool = False) -> bytes:
    """As esbuild does: only what would end or change the string is escaped."""
    signs = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"} | ({} if raw else {"\0": "\\0"})
    return b"'" + "".join(signs.get(letter, letter) for letter in data.decode("latin-1")).encode() + b"'"


@pytest.mark.parametrize("raw", [False, True])
def test_modules_in_scripts(raw: bool, look: Look, face_jpeg: bytes) -> None:
    def script(named: bytes, around: bytes = b"") -> bytes:
        return b"var a = " + written(MODULE + section(0, b"\x04note" + named), raw=raw) + b";\n" + around

    assert look(script(b"a line\nand \ttabs\n" * 20 + b"it's a \\ note")) == Clear("literals")
    assert isinstance(look(script(face_jpeg)), Faces)
    assert isinstance(look(script(os.urandom(200_000))), Unreadable)
    assert isinstance(look(script(b"", face_jpeg)), Faces)
    assert isinstance(look(script(b"", os.urandom(2_000))), Unreadable)
    assert isinstance(look(script(b"", written(face_jpeg))), Faces | Unreadable)
    assert isinstance(look(script(b"") * 3 + b"'\\0asm\1" + face_jpeg), Faces)


def test_what_is_no_module(look: Look) -> None:
    assert isinstance(look(b"x = '\\0asm\1 and then nothing"), Unreadable)
    assert isinstance(look(b"x = '\\0asm\1" + "λ".encode() * 99 + b"'"), Unreadable)
