import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import openers
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.video import decode
from inspection.video.conftest import Clip, Rgb


def decoded(data: bytes, kind: str, limits: Limits = Limits()) -> list[decode.Packet]:  # noqa: B008 - frozen
    budget = Budget(limits)
    with decode.opened(data, kind, budget) as container:
        return list(decode.packets(container, budget))


def test_every_demuxer_belongs_to_a_kind_that_is_opened() -> None:
    assert set(decode.DEMUXERS) <= set(openers.OPENERS)


def test_packets_and_frames(clip: Clip, plain: Rgb) -> None:
    body = clip([plain] * 5)
    packets = decoded(body, "mp4")
    assert sum(len(packet.frames) for packet in packets) == 5
    assert all(packet.video and not packet.broken and packet.codec == "h264" for packet in packets)
    first = packets[0]
    assert first.at is not None
    assert body[first.at :].startswith(first.data)


def test_another_demuxer_is_never_tried(clip: Clip, plain: Rgb) -> None:
    with pytest.raises(Unread) as raised:
        decoded(clip([plain] * 3, "matroska"), "mp4")
    assert raised.value.why is Reason.UNDECODABLE


def test_the_cropped_rows_are_shown(clip: Clip, plain: Rgb) -> None:
    frames = [frame for packet in decoded(clip([plain[:232]] * 2), "mp4") for frame in packet.frames]
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}


def test_codecs_that_nobody_asked_for(clip: Clip, plain: Rgb) -> None:
    with pytest.raises(Unread) as raised:
        decoded(clip([plain] * 2, "avi", "asv1"), "avi")
    assert raised.value.why is Reason.UNSUPPORTED_TYPE


def test_frames_larger_than_the_limit_are_not_decoded(clip: Clip, plain: Rgb) -> None:
    with pytest.raises(Unread) as raised:
        decoded(clip([plain] * 3), "mp4", Limits(pixels=10_000))
    assert raised.value.why is Reason.LIMIT_PIXELS


def test_time_is_up_between_packets(clip: Clip, plain: Rgb) -> None:
    with pytest.raises(Unread) as raised:
        decoded(clip([plain] * 3), "mp4", Limits(seconds=0.0))
    assert raised.value.why is Reason.LIMIT_TIME
