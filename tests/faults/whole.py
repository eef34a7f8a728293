"""Whether the state is whole: ledger, database and vault, and what clients were told of is there."""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from facegate.ledger.verify import verify
from facegate.state.home import Home
from live.processes import eventually


def assert_whole(home: Path, acknowledged: Iterable[str]) -> None:
    it = Home(home)
    for report in verify(it.ledger):
        assert report.ok, report
    with contextlib.closing(sqlite3.connect(f"{it.database.as_uri()}?mode=ro", uri=True)) as database:
        assert [row[0] for row in database.execute("PRAGMA integrity_check")] == ["ok"]
        records = {row[0]: row[1] for row in database.execute("SELECT id, wrapped_key IS NOT NULL FROM records")}
    lost = [record for record in acknowledged if record not in records]
    assert not lost, f"records that clients were told of are lost: {lost}"
    kept = {path.stem for path in it.vault.rglob("*.sealed")}
    without = {record for record, has_key in records.items() if has_key} - kept
    assert not without, f"records without their file: {without}"


def orphans(home: Path) -> set[str]:
    """Files of the vault that no record has the key of."""
    it = Home(home)
    with contextlib.closing(sqlite3.connect(f"{it.database.as_uri()}?mode=ro", uri=True)) as database:
        records = {row[0] for row in database.execute("SELECT id FROM records WHERE wrapped_key IS NOT NULL")}
    files = (path for path in it.vault.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.name for path in files if path.suffix != ".sealed" or path.stem not in records}


def assert_no_orphans(home: Path, seconds: float) -> None:
    eventually(lambda: not orphans(home), seconds, f"the vault is without orphans: {orphans(home)}")
