import base64
import json

import pytest
from facegate.errors import ConfigError
from facegate.quarantine.filters import Filter, Key, read_key


def test_what_is_looked_for_is_spelt_as_it_is_kept() -> None:
    looked_for = Filter(host="*.News.Example.", digest="ABCDEF0123").checked()
    assert (looked_for.host, looked_for.digest, looked_for.below) == ("*.news.example", "abcdef0123", "example.news.")
    assert Filter(host="Bücher.example").checked().host == "xn--bcher-kva.example"
    assert Filter(host="\\udcff").checked().host == "\\udcff"  # a hostile one, as it was kept
    assert Filter().checked() == Filter()
    assert Filter(request=" 0B5C ", min_faces=2).checked() == Filter(request="0b5c", min_faces=2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"state": "gone"}, "state has to be one of open"),
        ({"digest": "abc"}, "first 8 digits"),
        ({"digest": "x" * 64}, "sha256 in hex"),
        ({"digest": "a" * 65}, "sha256 in hex"),
        ({"url": "news.example/"}, "how a URL begins"),
        ({"min_faces": -1}, "has to be a count"),
        ({"min_faces": 1 << 80}, "has to be a count"),
        ({"job": "x" * 2_001}, "job is looked for with at most"),
    ],
)
def test_what_cannot_be_looked_for(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Filter(**wrong).checked()  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [7, "2026-03-01T06:00:00.000000+00:00"])
def test_a_place_in_a_list_comes_back(value: str | int) -> None:
    key = Key("newest", value, 12, forward=False, inclusive=True)
    assert read_key(key.token(), "newest") == key
    with pytest.raises(ConfigError, match="begin at its first page"):
        read_key(key.token(), "oldest")


def encoded(facts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        *("x", "é", "A" * 9_999, "[]", encoded([]), encoded({}), encoded(["newest", 1]), encoded("[" * 500)),
        *(encoded(["newest", 1 << 70, 1, 1, 0]), encoded(["newest", None, 1, 1, 0]), encoded(["newest", 1, "1", 1, 0])),
        *(encoded(["newest", 1, 1.5, 1, 0]), encoded(["newest", [1], 1, 1, 0]), encoded(["newest", True, 1, 1, 0])),
    ],
)
def test_what_is_no_place_in_a_list(token: str) -> None:
    with pytest.raises(ConfigError, match="begin at its first page"):
        read_key(token, "newest")
