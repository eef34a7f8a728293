from datetime import UTC, datetime

import pytest
from facegate.console.moments import ago

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-03-01T11:59:30+00:00", "now"),
        ("2026-03-01T11:30:00+00:00", "30 min ago"),
        ("2026-03-01T09:00:00.5+00:00", "2 h ago"),
        ("2026-02-20T12:00:00+00:00", "9 d ago"),
        ("2026-03-01T12:20:00+00:00", "in 20 min"),
        ("2026-03-31T12:00:00+00:00", "in 30 d"),
        ("2026-03-31T12:00:00", "2026-03-31T12:00:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_how_long_ago(text, said):
    assert ago(text, NOW) == said
