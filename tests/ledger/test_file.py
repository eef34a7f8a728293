import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.ledger.file import LedgerFile, read_head
from facegate.ledger.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed ledger of three lines."""
    file = LedgerFile(tmp_path, "gateway-0")
    file.append([{"event": "a"}, {"event": "b"}])
    file.append([{"event": "c"}])
    file.close()
    return tmp_path / "gateway-0.jsonl"


def reopened(path: Path) -> list[dict[str, object]]:
    file = LedgerFile(path.parent, path.stem)
    file.append([{"event": "next"}])
    file.close()
    entries = []
    for raw in path.read_bytes().splitlines():
        try:
            entries.append(json.loads(raw)["entry"])
        except ValueError:
            entries.append({"raw": raw})
    return entries


def test_it_goes_on_where_it_ended(path: Path) -> None:
    assert [entry["event"] for entry in reopened(path)] == ["a", "b", "c", "next"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert verify(path.parent)[0].ok


def test_the_head_names_the_last_durable_line(path: Path) -> None:
    head = read_head(path)
    assert head is not None
    assert (head.seq, head.hash) == (3, json.loads(path.read_bytes().splitlines()[-1])["hash"])
    assert len(path.with_suffix(".head").read_bytes()) < 512


def test_a_torn_line_is_kept_and_closed_off(path: Path) -> None:
    torn = b'{"entry":{"event":"half'
    with path.open("ab") as file:
        file.write(torn)
    entries = reopened(path)
    assert entries[3] == {"raw": torn}
    assert entries[4] == {
        "event": "ledger-torn", "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest(), "at": entries[4]["at"]
    }  # fmt: skip
    assert entries[5] == {"event": "next"}
    report = verify(path.parent)[0]
    assert report.ok
    assert "cut off by a crash" in report.notes[0]


def test_a_missing_last_newline_loses_nothing(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])
    assert [entry["event"] for entry in reopened(path)] == ["a", "b", "c", "next"]
    assert verify(path.parent)[0].ok


def test_lines_lost_at_the_end_are_named_and_stay_a_finding(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    entries = reopened(path)
    assert [entry["event"] for entry in entries] == ["a", "ledger-lost", "next"]
    assert entries[1]["lost_to"] == 3
    assert verify(path.parent)[0].bad_line == 2


def test_an_altered_last_line_is_not_taken_for_a_crash(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"c"', b'"x"'))
    reopened(path)
    report = verify(path.parent)[0]
    assert not report.ok
    assert report.bad_line is not None


def test_one_file_one_process(path: Path) -> None:
    holder = LedgerFile(path.parent, path.stem)
    script = (
        "import sys\nfrom pathlib import Path\nfrom facegate.ledger.file import LedgerFile\n"
        "LedgerFile(Path(sys.argv[1]), 'gateway-0', wait=0.1)"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(path.parent)], capture_output=True, text=True, check=False
    )
    holder.close()
    assert "StateError" in child.stderr
    assert "another facegate process" in child.stderr
    LedgerFile(path.parent, path.stem).close()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be written"):
        LedgerFile(tmp_path / "missing", "cli")
