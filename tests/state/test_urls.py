import time

import pytest
from facegate.state.urls import host_of, without_userinfo
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://u:p@news.example/a?b=c@d", "https://news.example/a?b=c@d"),
        ("https://u@news.example", "https://news.example"),
        ("HTTP://a@b@news.example/", "HTTP://news.example/"),
        ("see https://u:p@x/ and ftp://v:q@y/", "see https://x/ and ftp://y/"),
        ("https://news.example/@name", "https://news.example/@name"),
        ("mail me@news.example", "mail me@news.example"),
    ],
)
def test_credentials_are_cut_out(url: str, kept: str) -> None:
    assert without_userinfo(url) == kept


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://u:p@News.Example:8443/a", "news.example"),
        ("http://[::1]:80/", "::1"),
        ("nonsense", ""),
    ],
)
def test_hosts(url: str, host: str) -> None:
    assert host_of(url) == host


@given(st.text(alphabet=":/?#@[]abc \n\ud800", max_size=60))
def test_no_url_is_too_hostile(text: str) -> None:
    host_of(f"https://{text}")
    assert without_userinfo(without_userinfo(text)) == without_userinfo(text)


def test_a_long_text_takes_no_longer_than_it_is() -> None:
    """2 MB of what could begin a scheme: milliseconds, or an hour where each letter is tried as its beginning."""
    for text in ("x" * 2_000_000, "a://" * 500_000, "://a@b" * 300_000 + " "):
        began = time.process_time()
        without_userinfo(text)
        assert time.process_time() - began < 5
