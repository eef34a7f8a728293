import struct

import pytest
from facegate_addons.wire.frames import BURST, RATE, Frames

PING, HEADERS, DATA, WINDOW_UPDATE = 6, 1, 0, 8


def frame(kind: int, size: int, flags: int = 0, first: int = 0) -> bytes:
    return (
        struct.pack(">I", size)[1:] + bytes([kind, flags]) + bytes(4) + bytes([first])[:size] + bytes(max(size - 1, 0))
    )


@pytest.mark.parametrize("size", [1, 7, 9, 64, 4096, 65_535])
def test_however_they_are_cut_as_many_count(size: int) -> None:
    data = bytes(24) + frame(PING, 8) * int(BURST)
    counted = Frames(24)
    assert not any(counted.flooded(data[at : at + size], 0.0) for at in range(0, len(data), size))
    assert counted.flooded(frame(PING, 8), 0.0)


def test_time_pays_for_some() -> None:
    frames = Frames()
    assert not frames.flooded(frame(PING, 8) * int(BURST), 100.0)
    assert not frames.flooded(frame(PING, 8) * int(RATE), 101.0)
    assert frames.flooded(frame(PING, 8) * 10, 101.0)


@pytest.mark.parametrize("size", [32, 100, 16_384])
def test_a_body_pays_for_its_own_frames(size: int) -> None:
    frames = Frames()
    assert not any(frames.flooded(frame(DATA, size) * 100, 0.0) for _ in range(100))


@pytest.mark.parametrize("size", [0, 1, 8])
def test_a_body_in_bytes_does_not(size: int) -> None:
    frames = Frames()
    assert any(frames.flooded(frame(DATA, size) * 100, 0.0) for _ in range(100))


def test_padding_pays_for_nothing() -> None:
    padded = frame(DATA, 32, flags=0x8, first=31)
    assert Frames().flooded(padded * 1_000, 0.0)
    half = Frames()
    assert any(half.flooded(data, 0.0) for _ in range(1_000) for data in (padded[:9], padded[9:]))


def test_answers_without_a_body_are_no_flood() -> None:
    """As of HEAD and 304, however many a second; what is asked and taken back at once is one."""
    frames = Frames()
    assert not any(frames.flooded(frame(HEADERS, 40, flags=0x5), 0.0) for _ in range(10_000))
    rapid = Frames()
    reset = frame(HEADERS, 40, flags=0x5) + frame(3, 4)
    assert any(rapid.flooded(reset, 0.0) for _ in range(int(BURST) // 2 + 1))


def test_who_is_sent_a_body_may_acknowledge_it() -> None:
    frames = Frames()
    for _ in range(10_000):
        frames.sent(16_384)
        assert not frames.flooded(frame(WINDOW_UPDATE, 4) * 2, 0.0)


def test_requests_that_are_answered_are_no_flood() -> None:
    frames = Frames()
    for _ in range(10_000):
        assert not frames.flooded(frame(HEADERS, 40), 0.0)
        frames.sent(300)
