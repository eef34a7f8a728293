import pytest
from facegate_addons.inspection.text.entities import Excessive
from facegate_addons.inspection.text.parted import parted, rewritten, undone, unmarked
from facegate_addons.inspection.text.sheets import sheets
from hypothesis import given
from hypothesis import strategies as st

CODE = b"iVBORw0KGgo9" * 70


def apart(joint: bytes, every: int = 3) -> bytes:
    return joint.join(CODE[at : at + every] for at in range(0, len(CODE), every))


@pytest.mark.parametrize(
    ("before", "joint", "behind"),
    [
        (b'<img src="data:,', b"&Tab;", b'">'),
        (b'<img src="data:,', b"&NewLine;\n", b'">'),
        (b'<img src="data:,', b"&#9;&#x0a;", b'">'),
        (b'<iframe srcdoc="<img src=&quot;data:,', b"&amp;Tab;", b'&quot;>">'),
        (b"<description>&lt;img src='data:,", b"&amp;amp;#10;", b"'</description>"),
        (b'{"html":"<img src=data:,', b"\\u0026Tab;", b'>"}'),
        (b'{"img":"', b"\\n", b'"}'),
        (b'p{background:url("data:,', b"\\9 ", b'")}'),
        (b'p{background:url("data:,', b"\\00000a", b'")}'),
        (b'p{background:url("data:,', b"\\a\n", b'")}'),
        (b'{"css":"p{background:url(data:,', b"\\\\9 ", b')}"}'),
        (b"<style>p{background:url('data:,", b"<?x?>", b"')}</style>"),
        (b"<svg><style>p{background:url('data:,", b"<?x>", b"')}</style>"),
        (b"<style>p{background:url('data:,", b"<!--a > b-->", b"')}</style>"),
        (b"<style>p{background:url('data:,<![CDATA[", b"]]><![CDATA[", b"]]>')}</style>"),
        (b"<style>p{background:url('data:,", b"<!---->&#9;", b"')}</style>"),
    ],
)
def test_what_a_reader_drops_is_dropped(before: bytes, joint: bytes, behind: bytes) -> None:
    text = before + apart(joint) + behind
    assert any(CODE in form for readings in parted(text, unmarked(text), sheets(text)) for form in readings)


def test_readings_of_the_same_letters_stay_together() -> None:
    """Only one of them is the picture, and a broken one in another proves nothing."""
    (readings,) = parted(b'{"img":"' + apart(b"\\n", 76) + b'"}', (), ())
    assert len(readings) > 1
    assert CODE in readings


def test_escaped_letters_are_letters() -> None:
    written = b"".join(b"\\%x " % byte if byte in b"ABCDEFabcdef0123456789" else b"\\%c" % byte for byte in CODE)
    assert CODE in set(undone(written))


def test_percent_encoded_bytes_with_line_ends_between() -> None:
    data = bytes(range(256)) * 2
    text = b'<img src="data:image/jpeg,' + b"\n".join(b"%%%02x" % byte for byte in data) + b'">'
    assert (data,) in set(parted(text, unmarked(text), sheets(text)))
    cut = b"".join(b"%%\n%02x&Tab;" % byte for byte in data)
    assert (data,) in set(parted(cut, unmarked(cut), sheets(cut)))


def test_designations_are_dropped() -> None:
    assert CODE in b"".join(rewritten(apart(b"\x1b(B", 40)))
    assert CODE in b"".join(rewritten(apart(b"\x1b$B\x1b(J", 5)))


def test_entities_are_put_in_place_or_refused() -> None:
    assert CODE in b"".join(rewritten(b'<!DOCTYPE a [<!ENTITY t "">]><a b="' + apart(b"&t;") + b'"/>'))
    with pytest.raises(Excessive):
        list(rewritten(b'<!DOCTYPE a [<!ENTITY t "&t;">]><a>&t;</a>'))


def test_ordinary_text_is_left_alone() -> None:
    page = b'<p class="a"><a href="/b?c=1&amp;d=2">Words &nbsp; and words, &quot;said&quot;.</a></p>\n' * 200
    styles = b".a\\:hover{content:'\\201C';margin:0 1px}\n" * 200
    data = b'{"a": "one\\ntwo", "b": "C:\\\\Users", "c": "\\u00e9"}\n' * 200
    for text in (page, styles, data):
        assert list(rewritten(text)) == list(parted(text, unmarked(text), sheets(text))) == []


@given(st.binary(max_size=600), st.sampled_from([b"&Tab;", b"\\9 ", b"<!--", b"<?", b"%", b"&#", b"\\u{", b"\x1b"]))
def test_never_raises(data: bytes, joint: bytes) -> None:
    text = joint.join(data[at : at + 2] for at in range(0, len(data), 2))
    for form in (text, *rewritten(text)):
        list(parted(form, unmarked(form), sheets(form)))
    list(undone(text))
