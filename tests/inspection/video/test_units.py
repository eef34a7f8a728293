import pytest
from facegate_addons.domain.model import Clear, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.video.units import layered, length_size
from hypothesis import given
from hypothesis import strategies as st
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


def test_how_units_are_parted() -> None:
    assert length_size("h264", b"\1\x64\0\x1f\xff\xe1") == 4
    assert length_size("hevc", b"\1" + bytes(20) + b"\xf1") == 2
    assert length_size("h264", b"\0\0\0\1\x67") == length_size("h264", b"") == length_size("vp9", b"\1" * 40) == 0


@pytest.mark.parametrize(
    ("codec", "units", "more"),
    [
        ("h264", [b"\x67\0", b"\x65\0"], False),
        ("h264", [b"\x65\0", b"\x74\0"], True),  # a slice of another view
        ("h264", [b"\x65\0", b"\x73\0"], True),  # alpha
        ("hevc", [b"\x40\x01", b"\x26\x01"], False),
        ("hevc", [b"\x26\x01", b"\x26\x09"], True),  # layer 1
        ("hevc", [b"\x26\x01", b"\x4e\x09"], False),  # a message to layer 1
        ("vp9", [b"\x74\x74"], False),
    ],
)
def test_pictures_beside_the_picture(codec: str, units: list[bytes], more: bool) -> None:
    assert layered(codec, b"".join(b"\0\0\1" + unit for unit in units), 0) is more
    assert layered(codec, b"".join(len(unit).to_bytes(4, "big") + unit for unit in units), 4) is more


def test_such_a_clip_is_not_passed(clip: Clip, look: Look, plain: Rgb) -> None:
    body = clip([plain] * 4, "h264")
    assert look(body) == Clear("h264")
    verdict = look(body + b"\0\0\1\x74" + bytes(range(1, 200)))
    assert isinstance(verdict, Unreadable)
    assert verdict.why in (Reason.UNSUPPORTED_TYPE, Reason.UNDECODABLE)


@given(st.sampled_from(["h264", "hevc"]), st.binary(max_size=100), st.integers(0, 4))
def test_ends_on_any_bytes(codec: str, data: bytes, size: int) -> None:
    layered(codec, data, size)
