import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]


def tag(kind: int, content: bytes) -> bytes:
    return struct.pack("<HI", kind << 6 | 63, len(content)) + content


def film(*tags: bytes, behind: bytes = b"") -> bytes:
    body = bytes([8 << 3]) + bytes(4) + bytes(4) + b"".join(tags) + tag(0, b"") + behind
    return b"FWS\x05" + struct.pack("<I", 8 + len(body)) + body


def test_a_drawing_of_a_few_lines_is_clear(look: Look) -> None:
    assert look(film(tag(9, b"\xff\xff\xff"), tag(32, bytes(1_000)), tag(1, b""))) == Clear("flash")


def test_all_else_is_not(look: Look, face_jpeg: bytes) -> None:
    refused = Unreadable(Reason.UNSUPPORTED_TYPE, "flash")
    assert isinstance(look(film(tag(21, face_jpeg))), Faces)
    assert look(film(tag(36, bytes(900)))) == refused
    assert look(film(tag(32, bytes(5_000)))) == refused
    assert look(b"CWS" + film()[3:]) == refused
    assert look(film() + bytes(40)) == refused
    assert isinstance(look(film(behind=bytes(range(256)) * 3)), Unreadable)
