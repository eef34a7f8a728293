import fnmatch
import re
import time
from urllib.parse import quote

import pytest
from facegate_addons.domain.paths import LONGEST, normal_path, path_matches
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("pattern", "target", "fits"),
    [
        ("/news/", "/news/", True),
        ("/news/", "/news/a/b.html?c=/../", True),
        ("/news/", "/news", False),
        ("/news/", "/newspaper/", False),
        ("/news/", "/NEWS/", False),
        ("/news/", "//news/", False),
        ("/news/", "/%6eews/a", True),
        ("/news/", "/news%2Fa", False),
        ("/", "/", True),
        ("/", "/anything", True),
        ("/a.html", "/a.html", True),
        ("/a.html", "/a.html?b", True),
        ("/a.html", "/a.html/", False),
        ("/a.html", "/aXhtml", False),
        ("/*.jpg", "/a/b.jpg", True),
        ("/*.jpg", "/a.jpg/b", False),
        ("/*.jpg", "/.jpg", True),
        ("/a*b*c", "/abc", True),
        ("/a*b*c", "/a-c-b-c", True),
        ("/a*b*c", "/acb", False),
        ("/ab*ba", "/aba", False),
        ("/*/photos/", "/x/y/photos/1.jpg", True),
        ("/*/photos/", "/photos/1.jpg", False),
        ("/%C3%A4/", "/%c3%a4/x", True),
    ],
)
def test_path_patterns(pattern, target, fits):
    assert path_matches((pattern,), target) is fits


@pytest.mark.parametrize(
    "target",
    [
        *("", "*", "news/a", "http://news.example/news/a", "?/news/"),
        *(
            "/news/../private/",
            "/news/..",
            "/news/./a",
            "/news/%2e%2e/a",
            "/news/.%2E/a",
            "/news/..;/a",
            "/news/..;x=1",
        ),
        *("/news/%2e%2e%3b/a", "/news/..%2fa", "/news/a%2Fb", "/news/a\\..\\b", "/news/a%5c..%5Cb"),
        *("/news/%252e%252e/a", "/news/%25%32%65", "/news/%", "/news/%2", "/news/%zz"),
        *("/news/\x00", "/news/%00", "/news/a b", "/news/\n", "/news/%0d%0a", "/news/%7f", "/news/#/a"),
        *("/news/..%20/priv", "/news/.%20./priv", "/news/..%20", "/news/%20../a", "/news/...%20/a", "/news/..%20;x/a"),
        *(
            "/news/..%C2%A0/a",
            "/news/..%E3%80%80/a",
            "/news/..%C2%85/a",
            "/news/..%3Fx/a",
            "/news/..%23/a",
            "/news/..%09/a",
        ),
        *(
            "/news/%C0%AE%C0%AE/priv",
            "/news/..%C0%AFpriv",
            "/news/%E0%80%AF",
            "/news/%AF",
            "/news/%C3",
            "/news/%E9t%E9",
        ),
        *("/news/%ED%A0%80", "/news/%F4%90%80%80", "/news/%F0%80%80%AF"),
        *(
            "/news/%EF%BC%8E%EF%BC%8E%EF%BC%8Fpriv",
            "/news/a%EF%BC%8Fb",
            "/news/%EF%BC%8E%EF%BC%8E/a",
            "/news/a%EF%BC%BCb",
        ),
        *(
            "/news/.%C2%AD./priv",
            "/news/..%E2%80%8B/a",
            "/news/%EF%BB%BF../a",
            "/news/..%EF%B8%8F/a",
            "/news/..%F3%A0%80%81/a",
        ),
        *("/news/%E2%80%A5/a", "/news/%E2%80%A4./a", "/news/..%EF%BC%9Bx/a", "/news/%E2%84%80", "/news/a%E2%88%95b"),
        *("/news/%EF%BC%85%EF%BC%92e/a", "/news/%25%C2%AD2e/a"),
        *("/news/ä", "/news/．．/a", "/news/\udcff", '/news/"'),
    ],
)
def test_what_could_mean_another_path_fits_nothing(target):
    assert normal_path(target) is None
    assert not path_matches(("/", "/news/", "/*"), target)


def test_dots_in_names_are_no_segments():
    for target in ("/news/...", "/news/.htaccess", "/news/a..b", "/news/a.", "/news/..a/b", "/news/a../b"):
        assert path_matches(("/news/",), target)


def test_names_of_all_scripts_are_ordinary_paths():
    for name in ("été.html", "日本語/", "ёлка", "ﬁn", "half½", "a b", "क्‍ष", "👩‍👧", "नमस्ते…x", ". a", "100%", "a;b"):
        assert path_matches(("/news/",), "/news/" + quote(name)), name


@given(st.text("ab/*.", max_size=8).map("/".__add__), st.text("ab/.", max_size=8).map("/".__add__))
def test_as_a_regular_expression(pattern, path):
    whole = f"{pattern}*" if pattern.endswith("/") else pattern
    expected = normal_path(path) is not None and re.match(fnmatch.translate(whole), path) is not None
    assert path_matches((pattern,), path) is expected


@given(st.text("/.%2eEfF5cC3bB;ü a?\\", max_size=16).map("/".__add__))
def test_a_normal_path_is_one_for_good(target):
    path = normal_path(target)
    assert path is None or normal_path(path) == path


def test_a_path_has_an_end():
    assert normal_path("/" + "a" * (LONGEST - 1)) is not None
    assert normal_path("/" + "a" * LONGEST) is None
    assert normal_path("/a?" + "b" * LONGEST) == "/a"


def test_no_path_is_slow():
    target = "/" + "%C2%AD.%20/" * (LONGEST // 11)
    began = time.perf_counter()
    assert normal_path(target) is None
    assert normal_path("/" + "%C3%A9" * (LONGEST // 6)) is not None
    assert time.perf_counter() - began < 0.1


def test_no_pattern_is_slow():
    pattern, target = "/" + "*a" * 500 + "b", "/" + "a" * (LONGEST - 1)
    began = time.perf_counter()
    assert not path_matches((pattern,), target)
    assert time.perf_counter() - began < 0.5
