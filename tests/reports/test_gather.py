import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from facegate.ledger.chain import genesis, make_line
from facegate.reports.gather import KEPT, Latest, gather
from facegate.reports.lines import Asked
from reports.conftest import DAY, exchange, withheld


def write(folder: Path, *entries: dict[str, Any], name: str = "gateway-0") -> Path:
    link, path = genesis(name), folder / f"{name}.jsonl"
    with path.open("wb") as file:
        for entry in entries:
            line, link = make_line(link, entry)
            file.write(line)
    return path


@pytest.mark.parametrize(("days", "step"), [(2, "hour"), (100, "day"), (400, "month")])
def test_the_step_fits_the_time(tmp_path: Path, days: int, step: str) -> None:
    write(tmp_path, exchange(0), exchange(days))
    found = gather(tmp_path, Asked(until=DAY + timedelta(days=days)))
    assert (found.step, found.exchanges) == (step, 1)


def test_lines_before_and_after_are_not_read_but_at_the_edges(tmp_path: Path) -> None:
    write(tmp_path, *(exchange(day) for day in range(10)))
    found = gather(tmp_path, Asked(since=DAY + timedelta(days=2), until=DAY + timedelta(days=5)))
    assert (found.exchanges, found.first[:10], found.last[:10]) == (3, "2026-03-03", "2026-03-05")


def test_a_url_that_looks_like_a_line_is_only_text(tmp_path: Path) -> None:
    hostile = 'https://x.example/","job":"case","at":"1999-01-01T00:00:00+00:00","event":"exchange'
    write(tmp_path, exchange(0, url=hostile), exchange(0, job='a"b\u00e9'))
    assert gather(tmp_path, Asked("case")).exchanges == 0
    assert gather(tmp_path, Asked('a"b\u00e9')).exchanges == 1
    assert gather(tmp_path, Asked(since=DAY - timedelta(days=1))).exchanges == 2


def test_lines_without_a_time_or_damaged_are_counted_apart(tmp_path: Path) -> None:
    path = write(tmp_path, exchange(0), {"event": "x", "at": "never"}, exchange(0))
    path.write_bytes(path.read_bytes().replace(b'"clear"', b'"cleaR"', 1))
    found = gather(tmp_path, Asked())
    assert (found.exchanges, found.damaged, found.undated) == (1, 1, 1)


def test_the_newest_of_a_topic_are_kept() -> None:
    latest = Latest()
    for number in range(KEPT + 50):
        latest.add({"at": f"{number * 7919 % (KEPT + 50):06}"})
    assert latest.count == KEPT + 50
    assert [entry["at"] for entry in latest.oldest_first()] == [f"{n:06}" for n in range(50, KEPT + 50)]


def test_memory_stays_flat(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        write(
            tmp_path,
            *(withheld(job=f"j{n}", url=f"https://h{n}.example/", versions={"v": str(n)}) for n in range(count)),
        )
        tracemalloc.start()
        found = gather(tmp_path, Asked())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.exchanges == count
        assert sum(it.exchanges for it in found.versions.values()) == count
        return most

    assert peak(14_000) < 1.15 * peak(9_000)
