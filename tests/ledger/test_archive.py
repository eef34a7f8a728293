import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from facegate.errors import Conflict
from facegate.ledger.archive import archive, older_than
from facegate.ledger.audit import Asked, audit
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import make
from facegate.ledger.files import closed
from facegate.ledger.reading import entries
from facegate_addons.domain.model import utc_now


@pytest.fixture
def to(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


def archived(folder: Path, to: Path, key, keep: int = 1) -> list[str]:
    """All closed files but the newest `keep`."""
    old = older_than(folder, utc_now() + timedelta(seconds=1))
    old = old[: len(old) - keep]
    with ChainedLedger(folder, "cli") as ledger:
        archive(folder, old, to, key, ledger, by="os:root", why="after a year")
    return [each.path.name for each in old]


def test_what_was_archived_is_told_and_no_damage(folder: Path, write, key, to: Path) -> None:
    write(80)
    names = archived(folder, to, key)
    assert len(names) > 2
    assert sorted(path.name for path in to.iterdir()) == names
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in to.iterdir())
    assert not set(names) & {path.name for path in folder.iterdir()}
    found = audit(folder)
    assert found.ok
    (note,) = [note for report in found.reports for note in report.notes]
    assert note.startswith("lines 1 to ")
    assert f"were archived to {to} by os:root at " in note
    told = [entry for entry in entries(folder) if entry.get("event") == "ledger-archived"]
    assert [entry["file"] for entry in told] == names
    assert told[0]["why"] == "after a year"
    write(80, begin=80)
    assert archived(folder, to, key)
    assert audit(folder).ok


def test_with_the_archive_every_line_is_walked(folder: Path, write, key, to: Path) -> None:
    write(80)
    names = archived(folder, to, key)
    found = audit(folder, Asked(archive=to))
    assert found.ok
    assert sum(report.lines for report in found.reports if report.file.startswith("gateway")) > 80
    path = to / names[1]
    path.write_bytes(path.read_bytes().replace(b'"n":', b'"m":', 1))
    assert [report.file for report in audit(folder, Asked(archive=to)).reports if not report.ok] == [names[1]]
    path.unlink()
    assert not audit(folder, Asked(archive=to)).ok
    (to / names[0]).unlink()  # the oldest may go first, as in the home
    assert audit(folder, Asked(archive=to)).ok == (names[2:] != [])


def test_nobody_can_call_a_removed_file_archived(folder: Path, write, key, to: Path) -> None:
    write(80)
    archived(folder, to, key)
    next(iter(closed(folder, "gateway-0"))).unlink()
    assert any("are missing before it" in report.problem for report in audit(folder).reports)


def test_an_archive_that_is_not_signed_for_is_damage(folder: Path, write, key, to: Path) -> None:
    write(80)
    make(folder, key, "asked")
    path = closed(folder, "gateway-0")[0]
    shutil.move(path, to)
    assert not audit(folder).ok
    assert audit(folder, Asked(archive=to)).ok


def test_what_is_put_back_is_whole(folder: Path, write, key, to: Path) -> None:
    write(80)
    for name in archived(folder, to, key):
        shutil.move(to / name, folder)
    assert audit(folder).ok


def test_a_removal_that_was_broken_off_is_no_damage(folder: Path, write, key, to: Path) -> None:
    write(80)
    names = archived(folder, to, key)
    shutil.copy(to / names[-1], folder)
    assert audit(folder).ok


def test_nothing_goes_while_something_is_wrong(folder: Path, write, key, to: Path) -> None:
    write(80)
    path = closed(folder, "gateway-0")[1]
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"n":', b'"m":', 1))
    with pytest.raises(Conflict, match="not whole"):
        archived(folder, to, key)
    path.write_bytes(whole)
    (to / closed(folder, "gateway-0")[0].name).write_bytes(b"other")
    with pytest.raises(Conflict, match="nothing was removed"):
        archived(folder, to, key)
    with pytest.raises(Conflict, match="is where the ledger lies"):
        archived(folder, folder, key)
    with pytest.raises(Conflict, match="is no folder"):
        archived(folder, to / "missing", key)
    assert path.exists()


def test_how_old_is_counted_from_the_last_line(folder: Path, write) -> None:
    write(60)
    all_of_them = closed(folder, "gateway-0")
    last = json.loads(all_of_them[1].read_bytes().splitlines()[-1])["entry"]["at"]
    before = datetime.fromisoformat(last)
    assert [each.path for each in older_than(folder, before)] == all_of_them[:1]
    assert older_than(folder, before - timedelta(days=1)) == []
