import contextlib

import pytest
from facegate.jobs.hosts import host_pattern
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("news.example", "news.example"),
        (" News.Example. ", "news.example"),
        ("*.Example.org", "*.example.org"),
        ("*.bbc.co.uk", "*.bbc.co.uk"),
        ("*.somebody.github.io", "*.somebody.github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_what_is_taken(text: str, pattern: str) -> None:
    assert host_pattern(text) == pattern


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*", "names no host"),
        ("", "names no host"),
        ("*.", "names no host"),
        ("*.*", "names no host"),
        ("news.*", "names no host"),
        ("*.com", "open to everybody"),
        ("*.co.uk", "open to everybody"),
        ("*.com.au", "open to everybody"),
        ("*.github.io", "open to everybody"),
        ("*.localhost", "open to everybody"),
        ("https://news.example", "leave scheme"),
        ("news.example/photos", "leave scheme"),
        ("news.example:443", "leave scheme"),
        ("bücher.example", "ASCII"),
        ("news..example", "no host name"),
        ("-news.example", "no host name"),
        ("news example", "no host name"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        host_pattern(text)


@given(st.text(alphabet="*.:/[]a-ü1 \n", max_size=20))
def test_a_pattern_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert host_pattern(host_pattern(text)) == host_pattern(text)
