import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from facegate.errors import StateError
from facegate.ledger.chain import genesis, make_line
from facegate.reports.lines import Asked, size
from facegate.reports.observed import observed

Write = Callable[..., Path]


def exchange(at: str = "2026-03-10T12:00:00+00:00", **facts: object) -> dict[str, Any]:
    versions = {"policy": "1:quarantine/quarantine:observe"}
    known = {"event": "exchange", "at": at, "job": "j", "url": "https://a.example:8443/x?q", "versions": versions}
    return known | {"action": "pass", "reason": "clear"} | facts


def withheld(at: str = "2026-03-10T12:00:00+00:00", **facts: object) -> dict[str, Any]:
    return exchange(at, **{"reason": "faces", "observed": "quarantine"} | facts)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def lines(*entries: dict[str, Any], name: str = "gateway-0") -> Path:
        link, path = genesis(name), tmp_path / f"{name}.jsonl"
        with path.open("wb") as file:
            for entry in entries:
                line, link = make_line(link, entry)
                file.write(line)
        return path

    return lines


def test_all_files_are_added_up(write: Write, tmp_path: Path) -> None:
    enforced = exchange(versions={"policy": "1:quarantine/quarantine"}, reason="faces", action="quarantine")
    write({"event": "policy-changed", "at": "2026-03-01T00:00:00+00:00", "policy": "1:x/y:observe"}, enforced,
          exchange(), withheld(), withheld("2026-03-11T00:00:00+00:00", url="https://b.example/"))  # fmt: skip
    write(withheld(job="k", reason="encrypted", observed="drop"), name="gateway-1")
    write({"event": "user-added", "at": "2026-03-10T12:00:00+00:00"}, name="cli")
    found = observed(tmp_path, Asked())
    assert (found.exchanges, found.withheld, found.damaged) == (4, 3, 0)
    assert found.actions == {"quarantine": 2, "drop": 1}
    assert found.reasons == {"faces": 2, "encrypted": 1}
    assert found.days == {"2026-03-10": 2, "2026-03-11": 1}
    assert found.jobs.most(9) == [("j", 2), ("k", 1)]
    assert found.hosts.most(9) == [("a.example", 2), ("b.example", 1)]
    assert (found.first[:10], found.last[:10]) == ("2026-03-10", "2026-03-11")


def test_a_stream_that_was_refused_later_counts_for_what_was_seen(write: Write, tmp_path: Path) -> None:
    write(withheld(action="refuse", reason="limit-body", observed_reason="faces"))
    assert observed(tmp_path, Asked()).reasons == {"faces": 1}


def test_of_one_job_and_a_time(write: Write, tmp_path: Path) -> None:
    write(*(withheld(f"2026-03-{day:02}T00:00:00+00:00", job=job) for day in range(1, 11) for job in "jk"))
    for asked, count in (
        (Asked("j"), 10),
        (Asked("nobody"), 0),
        (Asked(since=datetime(2026, 3, 3, tzinfo=UTC)), 16),
        (Asked(until=datetime(2026, 3, 3, tzinfo=UTC)), 4),
        (Asked("k", datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)), 2),
    ):
        assert observed(tmp_path, asked).withheld == count


def test_what_strangers_wrote_is_only_text(write: Write, tmp_path: Path) -> None:
    marks = 'https://a.example/:observe"?"observed":"'
    plain = exchange(url=marks, versions={"policy": "1:quarantine/quarantine"})
    write(plain, withheld(url="no URL"), withheld(url=""), withheld(url=marks))
    found = observed(tmp_path, Asked())
    assert found.exchanges == 3
    assert found.hosts.most(9) == [("", 2), ("a.example", 1)]


def test_damage_is_counted_and_what_is_being_written_is_not(write: Write, tmp_path: Path) -> None:
    path = write(withheld(), withheld(), withheld(at="never"), withheld(at="2026-03-10"), withheld())
    raw = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(raw[0] + raw[1].replace(b"faces", b"clear") + raw[2] + raw[3] + raw[4][:-9])
    found = observed(tmp_path, Asked())
    assert (found.withheld, found.damaged) == (1, 3)


def test_no_ledger_is_nothing_and_one_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert observed(tmp_path, Asked()).exchanges == size(tmp_path) == 0
    (tmp_path / "gateway-0.jsonl").mkdir()
    with pytest.raises(StateError, match="cannot be read"):
        observed(tmp_path, Asked())


def test_it_tells_how_far_it_is(write: Write, tmp_path: Path) -> None:
    write(*[exchange(pad="x" * 4000)] * 600)
    write(*[withheld()] * 3, name="gateway-1")
    heard: list[int] = []
    observed(tmp_path, Asked(), heard.append)
    assert sum(heard) == size(tmp_path) > 2 << 20
    assert len(heard) == 4


def test_memory_stays_flat_however_many_hosts_and_jobs_there_are(write: Write, tmp_path: Path) -> None:
    def peak(count: int) -> int:
        write(*(withheld(url=f"https://h{n}.example/", job=f"j{n}") for n in range(count)))
        tracemalloc.start()
        found = observed(tmp_path, Asked())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.withheld == count
        return most

    assert peak(20_000) < 1.1 * peak(10_000)


def test_lines_are_as_the_gateway_writes_them() -> None:
    """Found by their bytes before they are read."""
    line, _ = make_line(genesis("x"), withheld())
    assert b':observe"' in line
    assert b'"observed":"' in line
    assert json.loads(line)["entry"]["observed"] == "quarantine"
