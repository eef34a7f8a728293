from pathlib import Path

import pytest
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import entries, tail
from facegate.ledger.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with ChainedLedger(tmp_path, "gateway-0") as ledger:
        for n in range(10):
            ledger.append({"n": n})
    return tmp_path / "gateway-0.jsonl"


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_whole(path: Path) -> None:
    (report,) = verify(path.parent)
    assert (report.ok, report.lines, report.file) == (True, 10, "gateway-0.jsonl")


@pytest.mark.parametrize("at", [0, 4, 9])
def test_an_altered_line_is_named(path: Path, at: int) -> None:
    raw = lines(path)
    raw[at] = raw[at].replace(b'"n":', b'"m":')
    path.write_bytes(b"".join(raw))
    assert verify(path.parent)[0].bad_line == at + 1


@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_removed_line_is_named(path: Path, at: int) -> None:
    raw = lines(path)
    del raw[at]
    path.write_bytes(b"".join(raw))
    report = verify(path.parent)[0]
    assert report.bad_line == at + 1
    assert "missing" in report.problem


def test_swapped_and_repeated_lines_are_named(path: Path) -> None:
    raw = lines(path)
    path.write_bytes(b"".join([*raw[:3], raw[4], raw[3], *raw[5:]]))
    assert verify(path.parent)[0].bad_line == 4
    path.write_bytes(b"".join([*raw[:3], raw[2], *raw[3:]]))
    assert verify(path.parent)[0].bad_line == 4


@pytest.mark.parametrize("keep", [0.3, 0.55, 0.97])
def test_a_cut_off_tail_is_found(path: Path, keep: float) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * keep)])
    report = verify(path.parent)[0]
    assert not report.ok


def test_an_emptied_and_a_removed_file_are_found(path: Path) -> None:
    path.write_bytes(b"")
    assert verify(path.parent)[0].bad_line == 1
    path.unlink()
    (report,) = verify(path.parent)
    assert "missing" in report.problem


def test_another_processes_file_does_not_pass_for_this_one(path: Path) -> None:
    path.rename(path.with_name("gateway-1.jsonl"))
    path.with_suffix(".head").rename(path.with_name("gateway-1.head"))
    assert verify(path.parent)[0].bad_line == 1


def test_a_rewritten_chain_does_not_fit_the_head(path: Path) -> None:
    head = path.with_suffix(".head").read_bytes()
    path.unlink()
    path.with_suffix(".head").unlink()
    with ChainedLedger(path.parent, "gateway-0") as ledger:
        for n in range(10):
            ledger.append({"n": n, "forged": True})
    path.with_suffix(".head").write_bytes(head)
    assert verify(path.parent)[0].bad_line == 10


def test_a_line_that_is_being_written_is_no_damage(path: Path) -> None:
    with ChainedLedger(path.parent, "gateway-0") as ledger:
        with path.open("ab") as file:
            file.write(b'{"entry":{"ev')
        assert verify(path.parent)[0].ok
        ledger.append({"n": 10})
        assert ledger.flush(5)


def test_tail_and_entries_merge_the_files_by_time(path: Path) -> None:
    with ChainedLedger(path.parent, "cli") as ledger:
        ledger.append({"n": 10})
    assert [entry["n"] for entry in entries(path.parent)] == list(range(11))
    last = tail(path.parent, 2)
    assert [(entry["ledger"], entry["n"]) for entry in last] == [("gateway-0", 9), ("cli", 10)]


def test_a_damaged_line_is_shown_as_such(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"n":9', b'"n":8'))
    assert {"ledger": "gateway-0", "ledger_file": "gateway-0.jsonl", "line": 10, "damaged": True} in tail(
        path.parent, 3
    )


def test_an_empty_folder(tmp_path: Path) -> None:
    assert verify(tmp_path) == []
    assert tail(tmp_path, 5) == []
