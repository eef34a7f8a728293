from datetime import timedelta

import pytest
from facegate.durations import parse_duration, shown_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        (" 12h ", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("0d", timedelta(0)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["0s", "90s", "15m", "36h", "30d", "999999s"])
def test_they_are_shown_as_they_are_read(text: str) -> None:
    assert shown_duration(parse_duration(text)) == text


def test_in_the_largest_unit() -> None:
    assert [shown_duration(parse_duration(text)) for text in ("3600s", "60m", "24h", "0d")] == ["1h", "1h", "1d", "0s"]


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "1.5h", "30 d", "1w", "9999999d", "1d2h"])
def test_anything_else_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="like 30d"):
        parse_duration(text)
