from datetime import UTC, datetime

from facegate.state.database import Database
from facegate.state.traffic import Amount, Counted, Kind, Tally, add, by_day, by_hour, counted, reasons

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
FACES, CLEAR = Kind("quarantine", "faces"), Kind("pass", "clear")


def entry(at: str, action: str, reason: str, job: str = "crawl", **more: object) -> dict[str, object]:
    return {"event": "exchange", "at": at, "action": action, "reason": reason, "job": job, **more}


def tally() -> Tally:
    it = Tally()
    for minute in range(3):
        it.add(entry(f"2026-03-01T05:0{minute}:00.000001+00:00", "pass", "clear", size=10))
    it.add(entry("2026-03-01T06:00:00+00:00", "quarantine", "faces", faces=2, size=100))
    it.add(entry("2026-03-01T06:10:00+00:00", "pass", "faces", "other", observed="quarantine", faces=1))
    return it


def test_it_adds_up_and_shows_hours_without_traffic(database: Database) -> None:
    assert add(database, tally(), "gateway-0", Counted(), Counted(5, 1, 500))
    assert add(database, tally(), "gateway-1", Counted(), Counted(5, 2, 500))
    hours = by_hour(database, NOW.replace(hour=4), NOW)
    assert list(hours) == ["2026-03-01T04", "2026-03-01T05", "2026-03-01T06"]
    assert hours["2026-03-01T04"] == {}
    assert hours["2026-03-01T05"] == {CLEAR: Amount(6, 0, 60)}
    assert hours["2026-03-01T06"][FACES] == Amount(2, 4, 200)
    assert by_day(database, "crawl") == [
        ("2026-03-01", CLEAR, Amount(6, 0, 60)),
        ("2026-03-01", FACES, Amount(2, 4, 200)),
    ]
    assert by_day(database, "crawl", since="2026-03-02") == []
    assert reasons(hours["2026-03-01T06"].items()) == {"faces": 4}  # two of them only had been withheld


def test_what_another_counted_is_not_counted_again(database: Database) -> None:
    assert add(database, tally(), "gateway-0", Counted(), Counted(5, 1, 500))
    assert not add(database, tally(), "gateway-0", Counted(), Counted(5, 1, 500))
    assert counted(database) == {"gateway-0": Counted(5, 1, 500)}
    assert by_hour(database, NOW, NOW)["2026-03-01T06"][FACES].exchanges == 1


def test_what_no_entry_should_hold_does_not_stop_it(database: Database) -> None:
    it = Tally()
    it.add({"at": None, "faces": "many", "size": -1, "action": ["x"], "reason": "r" * 10_000, "job": {}})
    assert add(database, it, "gateway-0", Counted(), Counted(1, 1, 1))
