import urllib.parse

import pytest
from facegate_addons.inspection.text.parted import unmarked
from facegate_addons.inspection.text.percents import percents
from hypothesis import given
from hypothesis import strategies as st

DATA = bytes(range(256)) * 4
CODE = urllib.parse.quote_from_bytes(DATA, safe="!*()")
NESTED = urllib.parse.quote(f'<img src="data:image/jpeg,{CODE}">', safe="!*()")


@pytest.mark.parametrize(
    ("before", "sign", "behind"),
    [
        ('<img src="data:image/jpeg,', "%", '">'),
        ('<img src="da\tta:,', "%\n", '">'),
        ('<img src="data:;a=b:c,', "&#37;", '">'),
        ('<img src="data:,', "&percnt;", '">'),
        ("<iframe srcdoc=\"<img src='data:,", "&amp;#x25;", "'>\">"),
        ('<script>i.src="data:,', "\\x25", '"</script>'),
        ('<script>i.src="data:,', "\\u{25}", '"</script>'),
        ('<script>i.src="data:,', '%"+"', '"</script>'),
        ('<script>i.src="data:,', "%\\\n", '"</script>'),
        ('{"i":"data:,', "\\u0025", '"}'),
        ('{"i":"<img src=data:,', "\\u0026#37;", '>"}'),
        ('p{background:url("\\64 ata:,', "\\000025", '")}'),
        ('p{background:url("data:,', "\\25 ", '")}'),
        ("<svg><style>p{background:url('data:,", "%<!-- -->", "')}</style></svg>"),
    ],
)
def test_however_the_sign_is_written(before: str, sign: str, behind: str) -> None:
    text = (before + CODE.replace("%", sign) + behind).encode()
    assert any(DATA in data for data in percents(text, unmarked(text)))


@pytest.mark.parametrize("before", ["&#100;ata:text/html,", "\\64 ata:text/css,", "u=", "decodeURIComponent('"])
def test_within_one_another_each_is_a_text_again(before: str) -> None:
    texts = list(percents((before + NESTED).encode(), ()))
    assert any(DATA in data for inner in texts for data in percents(inner, ()))


def test_quotes_that_are_escaped_end_nothing() -> None:
    text = b'<script>i.src="data:,\\"\\"' + CODE.encode() + b'"</script>'
    assert any(DATA in data for data in percents(text, ()))


def test_ordinary_text_is_left_alone() -> None:
    links = b'<a href="/search?q=a%20b&amp;page=2&amp;sort=up">50% of it</a> and some more words of a page\n' * 500
    script = b'var a="one\\ntwo",b=/\\d+\\s*/g,c="\\u00e9";if(a&&b){c="100%"}\n' * 500
    data = b'{"a": "{\\"b\\": \\"c\\", \\"d\\": \\"\\"}"}\n' * 500
    for text in (links, script, data):
        assert list(percents(text, ())) == []


@given(st.binary(max_size=40), st.sampled_from([b"%", b"&#37;", b"\\x25", b"%\\\n", b"\\25 ", b'%"+"']))
def test_never_raises(data: bytes, sign: bytes) -> None:
    list(percents(data.join([sign] * 400), ()))
