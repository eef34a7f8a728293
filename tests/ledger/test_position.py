from pathlib import Path

import pytest
from facegate.ledger.file import LedgerFile
from facegate.ledger.files import closed_as
from facegate.ledger.position import Position, before_it, ends_there


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = LedgerFile(tmp_path, "cli")
    file.append([{"n": n} for n in range(3)])
    file.close()
    return file.path


def test_a_line_is_found_where_it_ends(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    file = LedgerFile(path.parent, "cli")
    link = file.link
    file.close()
    end = Position(link.seq, link.hash, 3, sum(map(len, lines)))
    with path.open("rb") as opened:
        assert ends_there(opened, end)
        for wrong in (
            Position(2, end.hash, 3, end.offset), Position(3, "0" * 64, 3, end.offset),
            Position(3, end.hash, 3, end.offset - 1), Position(3, end.hash, 3, end.offset + 1),
            Position(3, end.hash, 3, 0), Position(3, end.hash, 3, 1 << 40),
        ):  # fmt: skip
            assert not ends_there(opened, wrong) or wrong.offset > end.offset


def test_which_files_lie_before_it(tmp_path: Path) -> None:
    for last in (10, 20, 30):
        closed_as(tmp_path, "cli", last).touch()
    assert before_it(tmp_path, "cli", Position(20, "", 1, 1)) == [closed_as(tmp_path, "cli", 10)]
    assert len(before_it(tmp_path, "cli", Position(31, "", 1, 1))) == 3
