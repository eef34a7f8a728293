"""What is found of a job, an event, a person and a time, over the ledgers of several processes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from facegate.ledger import backwards
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.lookup import Wanted, cursor, entry_of, find

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Two processes that take turns, a line a second: an exchange each, and a decision in each tenth second."""
    with ChainedLedger(tmp_path, "console") as console, ChainedLedger(tmp_path, "gateway-0") as gateway:
        for second in range(60):
            at = f"2026-05-01T12:00:{second:02}.000000+00:00"
            gateway.append({"at": at, "event": "exchange", "job": f"job-{second % 2}", "url": f"https://x/{second}"})
            if second % 10 == 0:
                console.append(
                    {"at": at, "event": "job-approved", "job": "job-0", "by": "eve", "why": 'ü "q"', "bad": []}
                )
            if second % 30 == 0:
                console.append({"at": at, "event": "console-entered", "user": "eve"})
        assert gateway.flush(5)
        assert console.flush(5)
        yield tmp_path


def pages(folder: Path, wanted: Wanted, limit: int, most: int = 1 << 20) -> list[tuple[str, int]]:
    found, after = [], ""
    while True:
        page = find(folder, wanted, after=after, limit=limit, most=most)
        found += [(entry.ledger, entry.seq) for entry in page.entries]
        after = page.next
        if not after:
            return found


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_all_lines_the_newest_first(folder: Path, limit: int):
    found = pages(folder, Wanted(), limit)
    assert len(found) == len(set(found)) == 60 + 6 + 2
    assert found[0] == ("gateway-0", 60)
    assert [seq for name, seq in found if name == "console"] == list(range(8, 0, -1))


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(ledger="console"), 8),
        (Wanted(event="job-approved"), 6),
        (Wanted(event="job-*"), 6),
        (Wanted(event="*", ledger="console"), 8),
        (Wanted(job="job-1"), 30),
        (Wanted(job="job-0"), 36),
        (Wanted(job="job"), 0),
        (Wanted(who="eve"), 8),
        (Wanted(who="eve", event="console-entered"), 2),
        (Wanted(since=NOON.replace(second=50)), 11),
        (Wanted(until=NOON.replace(second=9)), 12),
        (Wanted(since=NOON.replace(second=20), until=NOON.replace(second=29)), 11),
        (Wanted(ledger="../../etc"), 0),
        (Wanted(job='job-0","event":"exchange'), 0),
    ],
    ids=str,
)
@pytest.mark.parametrize("limit", [3, 500])
def test_what_is_wanted(folder: Path, wanted: Wanted, count: int, limit: int):
    assert len(pages(folder, wanted, limit)) == count


def test_an_entry_and_its_facts(folder: Path):
    (entry,) = find(folder, Wanted(event="job-approved"), limit=1).entries
    assert (entry.who, entry.told("at"), entry.told("nothing")) == ("eve", "2026-05-01T12:00:50.000000+00:00", "")
    assert entry.rest == {"by": "eve", "why": 'ü "q"'}
    assert entry_of(folder, "console", entry.seq) == entry
    for ledger, seq in (("console", 99), ("console", 0), ("ghost", 1), ("..", 1)):
        assert entry_of(folder, ledger, seq) is None


def test_a_page_that_looked_at_enough_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backwards, "_BLOCK", 300)
    page = find(folder, Wanted(event="console-entered"), most=2_000)
    assert (page.entries, page.more) == ([], True)
    assert pages(folder, Wanted(event="console-entered"), 50, most=2_000) == [("console", 6), ("console", 2)]


def test_a_line_that_was_altered_is_shown_as_such(folder: Path):
    path = folder / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b"https://x/59", b"https://x/95"))
    newest = find(folder, Wanted(), limit=1).entries[0]
    assert (newest.line, newest.file, newest.seq) == (None, "gateway-0.jsonl", 0)
    assert newest.rest == {}
    assert len(pages(folder, Wanted(job="job-1"), 500)) == 29


@pytest.mark.parametrize("text", ["x", "console:", "console:-1", "a:1,", "../x:1", "a:1;b:2", "a:" + "9" * 16])
def test_a_page_that_is_none(folder: Path, text: str):
    with pytest.raises(ValueError, match="none"):
        cursor(text)
