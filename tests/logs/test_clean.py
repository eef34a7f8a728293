import pytest
from facegate.logs.clean import MAX, cleaned


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach http://user:pass@a.example:1/x?key=1 now", "cannot reach http://a.example:1/x?... now"),
        ("rediss://:secret@r.example/0", "rediss://r.example/0"),
        ("(https://a.example/?q='x')", "(https://a.example/?...'x')"),
        ("http://a@b@c/x", "http://c/x"),
        ("GET /x?y is no URL of a server", "GET /x?y is no URL of a server"),
        ("one\nfacegate: two\x1b[31m\x9b", "one\\nfacegate: two\\x1b[31m\\x9b"),
        ("plain é", "plain é"),
    ],
)
def test_a_line_has_no_credentials_and_is_one_line(text: str, shown: str) -> None:
    assert cleaned(text) == shown


def test_a_line_has_an_end() -> None:
    assert cleaned("://" * 100_000) == ("://" * MAX)[:MAX]
