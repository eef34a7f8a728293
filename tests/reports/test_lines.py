from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.ledger.chain import genesis, make_line
from facegate.reports.lines import Asked, at_of, began, raw_lines, size
from reports.conftest import DAY, exchange
from reports.test_gather import write


def test_what_a_writer_is_at_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, exchange(0), exchange(1))
    path.write_bytes(path.read_bytes()[:-5])
    heard: list[int] = []
    assert len(list(raw_lines(tmp_path, heard.append))) == 1
    assert sum(heard) == size(tmp_path)


def test_rotated_files_are_read_too(tmp_path: Path) -> None:
    write(tmp_path, exchange(0), exchange(1)).rename(tmp_path / "gateway-0.000000000002.jsonl")
    write(tmp_path, exchange(2))
    assert len(list(raw_lines(tmp_path))) == 3
    assert began(tmp_path) == DAY


@pytest.mark.parametrize("at", [DAY, DAY - timedelta(microseconds=1), DAY + timedelta(microseconds=1)])
def test_told_by_its_bytes_as_when_it_is_read(at: datetime) -> None:
    other = at.astimezone(timezone(timedelta(hours=2)))
    for asked in (Asked(since=DAY), Asked(until=DAY), Asked(since=DAY - timedelta(seconds=1), until=DAY)):
        for spelled in (at, other):
            line, _ = make_line(genesis("x"), exchange(at=spelled.isoformat()))
            assert not (asked.outside()(line) and asked.holds(at))
    far, _ = make_line(genesis("x"), exchange(at="2020-01-01T00:00:00+00:00"))
    assert Asked(since=DAY).outside()(far)
    assert not Asked().outside()(far)


def test_times_that_are_none() -> None:
    assert at_of({"at": "2026-03-01"}) is at_of({"at": 7}) is at_of({}) is None
    assert at_of({"at": "2026-03-01T00:00:00Z"}) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert began(tmp_path) is None
    (tmp_path / "gateway-0.jsonl").mkdir()
    with pytest.raises((StateError, OSError)):
        list(raw_lines(tmp_path))
