import contextlib

import pytest
from facegate.jobs.paths import path_pattern
from facegate_addons.domain.paths import path_matches
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("/", "/"),
        ("/news/", "/news/"),
        ("/a.html", "/a.html"),
        ("/news/*.html", "/news/*.html"),
        ("/%6Eews/%c3%a4", "/news/%C3%A4"),
        ("/bücher/a b", "/b%C3%BCcher/a%20b"),
        ("/a;v=1/b", "/a;v=1/b"),
    ],
)
def test_what_is_taken(text, pattern):
    assert path_pattern(text) == pattern


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("news/", 'begins with "/"'),
        ("*", 'begins with "/"'),
        ("https://news.example/", 'begins with "/"'),
        ("/a?b=c", 'ends before "\\?"'),
        ("/a#b", 'ends before "\\?"'),
        ("/a/../b", "as servers know it"),
        ("/a/%2e%2e/b", "as servers know it"),
        ("/a/.", "as servers know it"),
        ("/a%2Fb", "as servers know it"),
        ("/a\\b", "as servers know it"),
        ("/a%5cb", "as servers know it"),
        ("/a%252fb", "as servers know it"),
        ("/100%", "as servers know it"),
        ("/a%00", "as servers know it"),
    ],
)
def test_what_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        path_pattern(text)


@given(st.text(alphabet="/.%*2eEfF5cü a?;", max_size=12).map("/".__add__))
def test_a_pattern_fits_itself(text):
    with contextlib.suppress(ValueError):
        pattern = path_pattern(text)
        assert path_pattern(pattern) == pattern
        if "*" not in pattern:
            assert path_matches((pattern,), pattern)
