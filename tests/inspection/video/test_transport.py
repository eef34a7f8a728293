import numpy as np
import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


@pytest.fixture(scope="module")
def stream(clip: Clip, plain: Rgb) -> bytes:
    return clip([plain] * 8, "mpegts")


def packets(pid: int, content: bytes) -> bytes:
    """`content` in transport packets of a stream that no table names."""
    content += b"\xff" * (-len(content) % 184)
    return b"".join(
        b"G" + pid.to_bytes(2, "big") + bytes([0x10 | number % 16]) + content[184 * number :][:184]
        for number in range(len(content) // 184)
    )


def xored(data: bytes) -> bytes:
    return bytes(byte ^ 0x5A for byte in data)


def test_packets_with_times_and_with_checksums(clip: Clip, look: Look, face: Rgb, stream: bytes) -> None:
    def spread(data: bytes, before: bytes, behind: bytes) -> bytes:
        return b"".join(before + data[at : at + 188] + behind for at in range(0, len(data), 188))

    other = clip([face] * 8, "mpegts")
    for before, behind in ((b"\0\0\0\0", b""), (b"", bytes(16))):
        assert look(spread(stream, before, behind)) == Clear("mpeg-ts")
        assert isinstance(look(spread(other, before, behind)), Faces)


@pytest.mark.parametrize("pid", [0x1FFF, 0x777, 0x1001])
def test_streams_that_no_table_names(look: Look, stream: bytes, face_jpeg: bytes, pid: int) -> None:
    assert isinstance(look(stream + packets(pid, face_jpeg)), Faces)
    assert isinstance(look(stream + packets(pid, xored(face_jpeg))), Unreadable)


def test_stuffing_is_nothing(look: Look, stream: bytes) -> None:
    assert look(stream + packets(0x1FFF, b"\xff" * 100_000)) == Clear("mpeg-ts")


def test_clocks_are_nothing(look: Look, stream: bytes) -> None:
    """A stream of its own for them has a packet each tenth of a second."""
    clocks = [b"G\x0a\xaa\x20\xb7\x10" + (number << 20).to_bytes(6, "big") + b"\xff" * 176 for number in range(220)]
    assert look(stream + b"".join(clocks)) == Clear("mpeg-ts")


def test_a_video_stream_that_begins_late(clip: Clip, look: Look, face: Rgb, plain: Rgb) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (45, 240, 320, 3), dtype=np.uint8)
    long = clip(noise, "mpegts", qp="4", preset="ultrafast")
    assert len(long) > 5 << 20
    late = clip([face] * 5, "mpegts", mux_mpegts_start_pid="600", mux_mpegts_pmt_start_pid="5000")
    assert isinstance(look(long + late), Faces)


def test_scrambled_packets(look: Look, stream: bytes) -> None:
    body = bytearray(stream)
    for at in range(188 * 4, len(body), 188):
        body[at + 3] |= 0x80
    verdict = look(bytes(body))
    assert isinstance(verdict, Unreadable)
    assert verdict.why in (Reason.ENCRYPTED, Reason.UNDECODABLE)


def test_packets_out_of_step(look: Look, stream: bytes) -> None:
    assert isinstance(look(stream[:1880] + b"junk" + stream[1880:]), Unreadable)


def test_a_last_packet_that_is_cut_off(look: Look, stream: bytes) -> None:
    assert look(stream + stream[:100]) == Clear("mpeg-ts")
