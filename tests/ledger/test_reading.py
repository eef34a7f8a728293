import json
from pathlib import Path

import pytest
from facegate.errors import StateError
from facegate.ledger.file import LedgerFile
from facegate.ledger.reading import as_entry, entries, tail
from facegate_addons.domain.model import utc_now


def test_an_entry_says_where_it_stands_and_keeps_its_own_words(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path, "cli")
    file.append([{"event": "job-file-gone", "file": "a.toml", "at": utc_now().isoformat()}])
    file.close()
    (entry,) = entries(tmp_path)
    assert (entry["ledger"], entry["ledger_file"], entry["line"], entry["file"]) == ("cli", "cli.jsonl", 1, "a.toml")
    assert (entry["seq"], entry["hash"]) == (1, json.loads(file.path.read_bytes())["hash"])
    assert tail(tmp_path, 5) == [entry]


def test_damage_is_passed_on_as_such(tmp_path: Path) -> None:
    assert as_entry(tmp_path / "cli.jsonl", 7, b"{") == {
        "ledger": "cli", "ledger_file": "cli.jsonl", "line": 7, "damaged": True
    }  # fmt: skip


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path, "cli")
    file.append([{"n": n} for n in range(2_500)])
    file.close()
    heard: list[int] = []
    assert sum(1 for _ in entries(tmp_path, heard.append)) == 2_500
    assert len(heard) > 2
    assert sum(heard) == file.path.stat().st_size


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cli.jsonl").mkdir()
    with pytest.raises(StateError, match=r"cli\.jsonl: cannot be read"):
        list(entries(tmp_path))
