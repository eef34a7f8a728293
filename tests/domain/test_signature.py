import time

import pytest
from facegate_addons.domain.signature import LIFE_MAX, SKEW, Signed, origin_of, parse, signature
from hypothesis import given
from hypothesis import strategies as st

KEY = bytes(range(32))
AT = 1_800_000_000
TEXT = signature(KEY, "crawl-1", AT, "GET", "https://news.example")


def signed(**other: object) -> Signed:
    found = parse([f"job=crawl-1, expires={AT}, signature={TEXT}"])
    assert found is not None
    return Signed(**{"job": found.job, "expires": found.expires, "signature": found.signature} | other)


def test_it_is_what_the_page_says_it_is():
    """Made by `printf ... | openssl dgst -sha256 -mac HMAC`: it may never change."""
    assert TEXT == "T5lyZ2lHFS6Lf_BtlkuLz9TXqmc3VOEY7OLej1y_HfE"


@pytest.mark.parametrize(
    ("now", "holds"),
    [(AT - 301 - SKEW, False), (AT - 300 - SKEW, True), (AT, True), (AT + SKEW, True), (AT + SKEW + 1, False)],
)
def test_it_holds_for_a_while(now, holds):
    assert signed().holds(KEY, "GET", "https://news.example", now, 300) is holds


@pytest.mark.parametrize(
    ("key", "method", "origin", "other"),
    [
        (None, "GET", "https://news.example", {}),
        (bytes(32), "GET", "https://news.example", {}),
        (KEY, "get", "https://news.example", {}),
        (KEY, "GET", "http://news.example", {}),
        (KEY, "GET", "https://news.example:8443", {}),
        (KEY, "GET", "https://news.example", {"job": "crawl-2"}),
        (KEY, "GET", "https://news.example", {"expires": AT + 1}),
        (KEY, "GET", "https://news.example", {"signature": "A" * 43}),
        (None, "GET", "x", {"signature": signature(bytes(32), "crawl-1", AT, "GET", "x")}),
    ],
)
def test_it_holds_for_nothing_else(key, method, origin, other):
    assert not signed(**other).holds(key, method, origin, AT, 300)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        [f"job=a, expires=1, signature={'A' * 43}"] * 2,
        [f"job=A, expires=1, signature={'A' * 43}"],
        [f"job=a, expires=01, signature={'A' * 43}"],
        [f"job=a, expires=-1, signature={'A' * 43}"],
        [f"job=a, expires=1, signature={'A' * 42}"],
        [f"job=a, expires=1, signature={'A' * 42}+"],
        [f"job=a, expires=1, signature={'A' * 43}, more=x"],
        [f"expires=1, job=a, signature={'A' * 43}"],
        [f"job=a, expires=١, signature={'A' * 43}"],
        [f"job={'a' * 65}, expires=1, signature={'A' * 43}"],
    ],
)
def test_anything_else_is_none(values):
    assert parse(values) is None


@pytest.mark.parametrize(
    "text", [f"job=a,expires=1,signature={'A' * 43}", f" job=a, expires=1,\tsignature={'A' * 43}= "]
)
def test_spaces_and_padding_do_not_matter(text):
    assert parse([text]) == Signed("a", 1, "A" * 43)


@given(st.lists(st.text(), max_size=2))
def test_any_text_is_one_or_none(values):
    found = parse(values)
    assert found is None or not found.holds(KEY, "GET", "x", time.time(), LIFE_MAX)


@pytest.mark.parametrize(
    ("scheme", "host", "port", "origin"),
    [
        ("http", "News.Example", 80, "http://news.example"),
        ("https", "news.example", 80, "https://news.example:80"),
        ("https", "::1", 443, "https://[::1]"),
        ("connect", "news.example", 443, "connect://news.example:443"),
        ("http", "bücher.example", 80, "http://xn--bcher-kva.example"),
        ("http", "a..b", 80, "http://a..b"),
    ],
)
def test_origins(scheme, host, port, origin):
    assert origin_of(scheme, host, port) == origin
