from datetime import UTC, datetime

import pytest
from facegate.moments import parse_moment

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", datetime(2026, 3, 3, 12, tzinfo=UTC)),
        (" 90s ", datetime(2026, 3, 10, 11, 58, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T06:00", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("2026-03-01T06:00Z", datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("2026-03-01 06:00:00+02:00", datetime(2026, 3, 1, 4, tzinfo=UTC)),
    ],
)
def test_how_people_write_them(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "7", "-7d", "2026-02-30", "999999d", "0001-01-01T00:00+14:00", "1.5d"]
)
def test_everything_else_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write "):
        parse_moment(text, NOW)
