from facegate_addons.domain.model import Clear, Unreadable
from facegate_addons.inspection.video.riff import named
from hypothesis import given
from hypothesis import strategies as st
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def test_headers_and_indexes_are_named() -> None:
    parts = [chunk(b"LIST", b"hdrl1234"), chunk(b"LIST", b"movi" + chunk(b"00dc", b"12345") + chunk(b"ix00", b"")), b""]
    data = chunk(b"RIFF", b"AVI " + b"".join(parts) + chunk(b"idx1", b"index"))
    found = [data[start:end][:12] for start, end in named(data)]
    assert found == [b"LIST\x08\0\0\0hdrl", b"ix00\0\0\0\0", b"idx1\x05\0\0\0inde"]


def test_a_chunk_without_a_name(clip: Clip, look: Look, plain: Rgb) -> None:
    body = clip([plain] * 3, "avi", "mpeg4")
    noise = bytes(byte * 7 % 251 for byte in range(5000))
    assert look(body) == Clear("avi")
    assert isinstance(look(body + chunk(b"zzzz", noise)), Unreadable)


@given(st.binary(max_size=200))
def test_ends_on_any_bytes(data: bytes) -> None:
    assert all(0 <= start < end <= len(data) for start, end in named(data))
