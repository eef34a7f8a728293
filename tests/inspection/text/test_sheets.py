import pytest
from facegate_addons.inspection.text.parted import parted, unmarked
from facegate_addons.inspection.text.sheets import sheets
from hypothesis import given
from hypothesis import strategies as st

CODE = b"iVBORw0KGgo9" * 70


def apart(joint: bytes, every: int = 7) -> bytes:
    return joint.join(CODE[at : at + every] for at in range(0, len(CODE), every))


@pytest.mark.parametrize(
    "joint",
    [
        b"<g/>",
        b"<g></g>",
        b"<g title='x>y'></g>",
        b"<g title='<'></g>",
        b'<g title = "x>"/>',
        b"<g>iVBO</g>",
        b"<a><b>Rw0K</b>Ggo9</a>",
        b"<style>iVBO</style>",
        b"<s:style/>",
        b"\n<g/>\n",
    ],
)
@pytest.mark.parametrize("name", [b"style", b"STYLE", b"svg:style", b"script"])
def test_what_is_between_is_dropped(name: bytes, joint: bytes) -> None:
    text = b"<svg><%s type='x'>p{background:url('data:,%s')}</%s><p>end</p></svg>" % (name, apart(joint), name)
    assert any(CODE in form.translate(None, b"\n") for readings in sheets(text) for form in readings)
    assert any(CODE in form for readings in parted(text, unmarked(text), sheets(text)) for form in readings)


def test_what_is_inside_may_be_the_code() -> None:
    text = b"<svg><style>%s</style></svg>" % b"".join(b"<g>%s</g>" % CODE[at : at + 7] for at in range(0, len(CODE), 7))
    assert any(CODE in form for readings in sheets(text) for form in readings)


def test_an_element_without_an_end_has_all_that_follows() -> None:
    assert [CODE in form for (form,) in sheets(b"<svg><style>" + apart(b"<g/>"))] == [True]


@pytest.mark.parametrize(
    "decoy",
    [
        b"<!--</style>-->",
        b"/*<![CDATA[</style>]]>*/",
        b'<g a="</style>"/>',
        b"<g>j</foo>j</g>",
        b"<g>j<h>j</g>",
        b"<![CDATA[/*<!--*/]]>",
    ],
)
@pytest.mark.parametrize("joint", [b"<g>junk</g>", b"<!--junk-->", b"<!--junk--!>", b"<!xjunk>", b"<?q junk?>"])
def test_what_looks_like_an_end_is_none(decoy: bytes, joint: bytes) -> None:
    text = b"<svg><style>%sp{background:url('data:,%s')}</style><!-- --></svg>" % (decoy, apart(joint))
    assert any(CODE in form for readings in parted(text, unmarked(text), sheets(text)) for form in readings)


@pytest.mark.parametrize("prefix", ["é".encode(), b"p" * 80])
def test_whatever_its_prefix(prefix: bytes) -> None:
    text = b"<svg><%s:style>%s</%s:style></svg>" % (prefix, apart(b"<g/>"), prefix)
    assert any(CODE in form for readings in sheets(text) for form in readings)


def test_with_comments_between_too() -> None:
    text = b"<svg><style>p{background:url('data:,%s')}</style></svg>" % apart(b"<g/><!--x-->")
    assert any(CODE in form for readings in parted(text, unmarked(text), sheets(text)) for form in readings)


def test_ordinary_sheets_are_left_alone() -> None:
    page = b"<style>a > b{color:#fff}</style><script>if (a<b && c>d) e();</script><p>Words.</p>\n" * 300
    assert list(sheets(page)) == []
    assert list(sheets(b"a<b" * 500)) == []


def test_a_hostile_one_takes_no_longer() -> None:
    """Each of these is read once from end to end, not once for each of its tags: that would take an hour."""
    for part in (b"<style", b"<style>", b'<style a="', b"<g a='", b"<style><g ", b"a   <g=", b"</style>"):
        for end in (b"", b">", b"'>", b'">'):
            list(sheets(b"<style>" + part * (1_000_000 // len(part)) + end))


@given(st.lists(st.sampled_from([b"<style>", b"</style>", b"<g>", b"</g>", b"<g/>", b"<", b">", CODE, b"x"])))
def test_never_raises(parts: list[bytes]) -> None:
    list(sheets(b"".join(parts)))
