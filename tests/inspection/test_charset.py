import random

import pytest
from facegate_addons.inspection.charset import as_text
from hypothesis import given
from hypothesis import strategies as st


def test_binary_is_no_text() -> None:
    assert as_text(random.Random(2).randbytes(5000), "") is None
    assert as_text(random.Random(2).randbytes(5000), "text/html; charset=utf-16") is None
    assert as_text(bytes(range(32)) * 20, "text/plain") is None


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_marks_and_zeros(charset: str) -> None:
    assert as_text("<p>plain words</p>".encode(charset), "").lstrip(b"\xef\xbb\xbf") == b"<p>plain words</p>"


def test_declared_and_single_byte() -> None:
    assert as_text("Grüße".encode("latin-1"), "") == "Grüße".encode("latin-1")
    assert as_text("こんにちは".encode("shift_jis"), "text/plain; charset=Shift_JIS") == "こんにちは".encode()


@given(st.binary(max_size=500), st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=gb18030"]))
def test_never_raises(data: bytes, content_type: str) -> None:
    assert isinstance(as_text(data, content_type), bytes | None)
