from facegate_addons.domain.model import Clear, Unreadable
from facegate_addons.inspection.video.flv import scripts
from hypothesis import given
from hypothesis import strategies as st
from inspection.conftest import Look
from inspection.video.conftest import Clip, Rgb


def test_the_script_of_a_clip(clip: Clip, plain: Rgb) -> None:
    body = clip([plain] * 3, "flv")
    ((start, end),) = scripts(body)
    assert b"onMetaData" in body[start:end]


def test_what_stands_behind_the_tags(clip: Clip, look: Look, plain: Rgb) -> None:
    body = clip([plain] * 3, "flv")
    assert look(body) == Clear("flv")
    assert isinstance(look(body + bytes(byte * 7 % 251 for byte in range(5000))), Unreadable)


@given(st.binary(max_size=200))
def test_ends_on_any_bytes(data: bytes) -> None:
    assert all(0 <= start < end <= len(data) for start, end in scripts(data))
