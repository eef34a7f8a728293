from datetime import UTC, datetime

import pytest
from facegate.console import overview
from facegate.console.overview import open_records, traffic
from facegate.state.database import Database
from facegate.state.traffic import Counted, Tally, add

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def test_today_is_a_day_and_the_chart_has_24_hours(database: Database) -> None:
    tally = Tally()
    for at, action, observed in (
        ("2026-03-01T07:00", "pass", ""),
        ("2026-03-01T06:59", "drop", ""),  # 24 hours ago
        ("2026-03-02T00:00", "quarantine", ""),
        ("2026-03-02T06:29", "pass", "quarantine"),
        ("2026-03-02T06:29", "redact", ""),
        ("2026-03-02T06:29", "refuse", ""),
    ):
        tally.add({"at": f"{at}:00+00:00", "action": action, "reason": "faces", "observed": observed, "faces": 1})
    add(database, tally, "gateway-0", Counted(), Counted(6, 1, 1))
    found = traffic(database, NOW)
    assert len(found.hours) == 24
    assert next(iter(found.hours)) == "2026-03-01T07"
    assert found.hours["2026-03-01T07"]["passed"] == 1
    assert found.today == {
        "exchanges": 4, "passed": 1, "redacted": 1, "withheld": 1, "refused": 1, "observed": 1, "faces": 4,
    }  # fmt: skip
    assert found.reasons == {"faces": 2}
    late = traffic(database, NOW.replace(hour=23))
    assert len(late.hours) == 24
    assert late.today == found.today


async def test_a_long_queue_is_not_counted_to_its_end(
    database: Database, three_records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_records(database) == 3
    monkeypatch.setattr(overview, "LONG", 2)
    assert open_records(database) == "2+"
