from pathlib import Path

import pytest
from facegate.ledger.files import all_files, closed, closed_as, last_of, name_of, names, opened

FILES = [
    "cli.jsonl", "gateway-0.000000000900.jsonl", "gateway-0.000000001000.jsonl", "gateway-0.jsonl", "gateway-1.head",
    "gateway-10.000000000007.jsonl", "gateway-10.jsonl",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in [*FILES, "notes.txt", "gateway-0.next", "cli.12.jsonl", "Cli.jsonl", "cli.000000000001.jsonl.bak"]:
        (tmp_path / name).touch()
    (tmp_path / "checkpoints").mkdir()
    return tmp_path


def test_names_and_files(folder: Path) -> None:
    assert names(folder) == ["cli", "gateway-0", "gateway-1", "gateway-10"]
    assert [path.name for path in closed(folder, "gateway-0")] == FILES[1:3]
    assert [path.name for path in all_files(folder)] == [name for name in FILES if name.endswith("jsonl")]
    assert names(folder / "missing") == []


def test_a_closed_file_is_named_by_its_last_line(tmp_path: Path) -> None:
    path = closed_as(tmp_path, "gateway-0", 1234)
    assert (path.name, last_of(path), name_of(path)) == ("gateway-0.000000001234.jsonl", 1234, "gateway-0")
    assert last_of(tmp_path / "gateway-0.jsonl") is None


def test_a_file_with_two_names_is_read_once(folder: Path) -> None:
    (folder / "cli.000000000003.jsonl").hardlink_to(folder / "cli.jsonl")
    with opened(folder, "cli") as (before, current):
        assert before == []
        assert current is not None
