import contextlib
import time

import pytest
from facegate.jobs.hosts import host_pattern
from facegate_addons.domain.hostnames import host_matches
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("news.example", "news.example"),
        ("News.Example.", "news.example"),
        ("*.Example.org", "*.example.org"),
        ("*.example.co.uk", "*.example.co.uk"),
        ("*.somebody.github.io", "*.somebody.github.io"),
        ("somebody.github.io", "somebody.github.io"),
        ("github.io", "github.io"),  # one host, not all below it
        ("*.www.ck", "*.www.ck"),  # an exception of the list
        ("*.city.kawasaki.jp", "*.city.kawasaki.jp"),
        ("*.corp.internal", "*.corp.internal"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("*.bücher。example", "*.xn--bcher-kva.example"),
        ("*.пример.рф", "*.xn--e1afmkfd.xn--p1ai"),
        ("ｎｅｗｓ.example", "news.example"),
        ("xn--strae-oqa.de", "xn--strae-oqa.de"),
    ],
)
def test_what_is_taken(text: str, pattern: str) -> None:
    assert host_pattern(text) == pattern


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*", r"has '\*', which is every host"),
        ("*.*", "every host"),
        ("*.", "every host"),
        (".", "every host"),
        ("news.*", "names, at the beginning only"),
        ("www.*.example", "names, at the beginning only"),
        ("n*.example", "names, at the beginning only"),
        ("*.com", "below which anybody can have a name"),
        ("*.com.", "below which anybody can have a name"),
        ("*.co.uk", "below which anybody can have a name"),
        ("*.com.au", "below which anybody can have a name"),
        ("*.github.io", "below which anybody can have a name"),
        ("*.GitHub.io", "below which anybody can have a name"),
        ("*.localhost", "below which anybody can have a name"),
        ("*.example", "below which anybody can have a name"),
        ("*.рф", "below which anybody can have a name"),
        ("*.xn--p1ai", "below which anybody can have a name"),
        ("*.foo.ck", "below which anybody can have a name"),
        ("*.kawasaki.jp", "below which anybody can have a name"),
        ("*.公司.cn", "below which anybody can have a name"),
        ("*.amazonaws.com", "anybody can have a name below "),  # s3.amazonaws.com and others are in the list
        ("https://news.example", "which is a URL; write its host alone"),
        ("news.example/photos", r'its path as paths = \["/news/"\]'),
        ("news.example?q=1", "its path as paths"),
        ("news.example:443", r"its port as ports = \[443\]"),
        ("*.news.example:8080", "its port as ports"),
        ("[::1]:80", "its port as ports"),
        ("user@news.example", 'leave the user before the "@" away'),
        ("*.127.0.0.1", "nothing is below an address"),
        ("*.::1", "nothing is below an address"),
        ("127.1", "no host name"),
        ("2130706433", "no host name"),
        ("0x7f000001", "no host name"),
        ("010.0.0.1", "no host name"),
        ("10.0.0.0-10.0.0.9", "no host name"),
        ("fe80::1%eth0", "no host name"),
        ("straße.de", "has 'straße.de', which is strasse.de to some programs and xn--strae-oqa.de to others"),
        ("news..example", "no host name"),
        (".news.example", "no host name"),
        ("-news.example", "no host name"),
        ("news example", "no host name"),
        ("a" * 64 + ".example", "no host name"),
        ("a." * 127 + "example", "no host name"),
        ("", "every host"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        host_pattern(text)


@given(st.text(alphabet="*.:/[]@%a-üß。1 \n", max_size=20) | st.text(max_size=20))
def test_a_pattern_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        pattern = host_pattern(text)
        assert host_pattern(pattern) == pattern
        assert pattern.isascii()
        assert host_matches(pattern, pattern.replace("*", "a"))


def test_a_thousand_hosts_are_read_at_once() -> None:
    host_pattern("*.first.example")  # reads the list
    began = time.perf_counter()
    for n in range(1_000):
        host_pattern(f"*.host-{n}.example.co.uk")
    assert time.perf_counter() - began < 1
