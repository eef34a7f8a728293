import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.video.ebml import Facts, facts, judged
from hypothesis import given
from hypothesis import strategies as st
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


def element(number: str, content: bytes) -> bytes:
    return bytes.fromhex(number) + (len(content) | 1 << 56).to_bytes(8, "big") + content


def read(data: bytes) -> Facts:
    return facts(data, Budget(Limits()))


@pytest.fixture(scope="module")
def film(clip: Clip, plain: Rgb) -> bytes:
    return clip([plain] * 4, "matroska")


def test_a_film(film: bytes, clip: Clip, plain: Rgb) -> None:
    live = clip([plain] * 4, "webm", "libvpx", mux_live="1")  # sizes unknown
    for body in (film, live):
        found = read(body)
        assert found == Facts(video=1, headers=1, track_lists=1, named=found.named)
        assert any(b"Lavf" in body[start:end] for start, end in found.named)


def test_encrypted_layered_and_twice() -> None:
    track = element("AE", element("83", b"\1") + element("6D80", element("6240", element("5035", b""))))
    found = read(element("18538067", element("1654AE6B", track)))
    assert found.encrypted
    assert found.video == 1
    assert [piece.why for piece in judged(found)] == [Reason.ENCRYPTED]  # type: ignore[union-attr]  # Unread
    block = element("1F43B675", element("A0", element("75A1", b"")))
    assert read(block).layered
    assert len(list(judged(read(block + element("1654AE6B", b"") * 2)))) == 2


def test_attachments_are_parts(film: bytes, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    def attached(content: bytes) -> bytes:
        return film + element("1941A469", element("61A7", element("465C", content)))

    assert isinstance(look(attached(face_jpeg)), Faces)
    assert look(attached(plain_jpeg)) == Clear("webm")
    assert isinstance(look(attached(bytes(byte ^ 0x5A for byte in face_jpeg))), Unreadable)


def test_two_files_in_one(film: bytes, clip: Clip, look: Look, face: Rgb) -> None:
    assert not isinstance(look(film + clip([face] * 4, "matroska")), Clear)


def test_a_picture_in_a_void(film: bytes, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(film + element("EC", face_jpeg)), Faces)


@given(st.binary(max_size=300))
def test_ends_on_any_bytes(data: bytes) -> None:
    read(data)
