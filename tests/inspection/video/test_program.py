import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


def packet(kind: int, content: bytes) -> bytes:
    return b"\0\0\1" + bytes([kind]) + len(content).to_bytes(2, "big") + content


@pytest.fixture(scope="module", params=["mpeg", "vob"])
def stream(request: pytest.FixtureRequest, clip: Clip, plain: Rgb) -> bytes:
    return clip([plain] * 6, request.param, "mpeg2video" if request.param == "vob" else "mpeg1video")


def spread(kind: int, content: bytes) -> bytes:
    return b"".join(packet(kind, content[at : at + 2000]) for at in range(0, len(content), 2000))


@pytest.mark.parametrize("kind", [0xBE, 0xBF, 0xFF])
def test_pictures_in_packets_that_nobody_shows(stream: bytes, look: Look, face_jpeg: bytes, kind: int) -> None:
    assert isinstance(look(stream + spread(kind, face_jpeg)), Faces)


def test_pictures_between_packets(stream: bytes, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(stream + face_jpeg), Faces)


def test_padding_is_nothing(stream: bytes, look: Look) -> None:
    assert look(stream + spread(0xBE, b"\xff" * 30_000)) == Clear("mpeg")
    assert look(stream + packet(0xBE, b"\x0f" + b"\xff" * 1000) * 40) == Clear("mpeg")


def test_keys_of_encrypted_streams(stream: bytes, look: Look) -> None:
    verdict = look(stream + packet(0xF0, b"key"))
    assert isinstance(verdict, Unreadable)
    assert verdict.why is Reason.ENCRYPTED
