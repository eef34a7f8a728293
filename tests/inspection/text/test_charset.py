import random

import pytest
from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.charset import _CONTROL, _controls, as_text
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


RUSSIAN = "Все люди рождаются свободными и равными в своём достоинстве и правах. "
CHINESE = "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"
JAPANESE = "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。"
KOREAN = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. "
LEGACY = [
    ("windows-1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("iso-8859-5", RUSSIAN),
    ("gb2312", CHINESE),
    ("gb18030", CHINESE),
    ("shift_jis", JAPANESE),
    ("euc-jp", JAPANESE),
    ("euc-kr", KOREAN),
    ("big5", "人人生而自由,在尊嚴和權利上一律平等。"),
    ("iso-8859-1", "Grüße aus Köln, où l'été est très agréable. "),
    ("iso-8859-2", "Zażółć gęślą jaźń. "),
    ("iso-8859-7", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι. "),
    ("windows-1256", "يولد جميع الناس أحرارا متساوين. "),
    ("tis-620", "มนุษย์ทั้งหลายเกิดมามีอิสระ "),
]


@pytest.mark.parametrize(("charset", "words"), LEGACY)
def test_legacy_pages(charset: str, words: str) -> None:
    page = f"<!doctype html><title>x</title><p>{words * 200}</p>".encode(charset)
    assert as_text(page, f'text/html; charset="{charset}"') == page.decode(charset).encode()
    assert as_text(page, "text/html; charset=utf-8") == page  # wrongly declared
    assert as_text(page, "") == page
    named = page.replace(b"<title>", f'<meta charset="{charset}"><title>'.encode())
    assert as_text(named, "text/html") == named.decode(charset).encode()


def test_a_page_with_a_stray_byte() -> None:
    page = f"<p>{CHINESE * 50}".encode("gb18030") + b"\xff</p>"
    assert b"\xef\xbf\xbd" in (as_text(page, "text/html; charset=gbk") or b"")


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "text/html; charset=euc-kr"])
def test_random_high_bytes_are_no_text(content_type: str) -> None:
    noise = bytes(0x80 | byte & 0x7E for byte in random.Random(3).randbytes(200_000))
    assert as_text(noise, content_type) is None
    lines = b"\r\n".join(noise[at : at + 60] for at in range(0, len(noise), 60))
    assert as_text(lines, content_type) is None
    assert as_text(b"<html><p>" * 100 + lines, content_type) is None


@given(st.binary(max_size=500), st.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=gb18030"]))
def test_never_raises(data: bytes, content_type: str) -> None:
    assert isinstance(as_text(data, content_type), bytes | None)


@given(st.binary(max_size=300))
def test_controls_are_those_of_the_table(data: bytes) -> None:
    for text in (data, data + bytes(range(256)) * (shares.SHORT // 256 + 1)):
        assert _controls(text) == sum(byte in _CONTROL for byte in text)
