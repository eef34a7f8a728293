"""Whether the state is whole: ledger, database and vault, and what clients were told of is there."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from facegate.ledger.verify import verify
from facegate.quarantine.blobs import SUFFIX
from facegate.state.home import Home
from live.processes import eventually

type Listed = Callable[[Path], Iterable[str]]  # what the vault of a home has: whole where it ends on SUFFIX


def in_folder(home: Path) -> list[str]:
    files = (path for path in Home(home).vault.rglob("*") if path.is_file())
    return [path.name for path in files if not path.name.startswith(".")]


def assert_whole(home: Path, acknowledged: Iterable[str], listed: Listed = in_folder) -> None:
    it = Home(home)
    for report in verify(it.ledger):
        assert report.ok, report
    with contextlib.closing(sqlite3.connect(f"{it.database.as_uri()}?mode=ro", uri=True)) as database:
        assert [row[0] for row in database.execute("PRAGMA integrity_check")] == ["ok"]
        records = {row[0]: row[1] for row in database.execute("SELECT id, wrapped_key IS NOT NULL FROM records")}
    lost = [record for record in acknowledged if record not in records]
    assert not lost, f"records that clients were told of are lost: {lost}"
    kept = {path.stem for path in map(PurePath, listed(home)) if path.suffix == SUFFIX}
    without = {record for record, has_key in records.items() if has_key} - kept
    assert not without, f"records without their file: {without}"


def orphans(home: Path, listed: Listed = in_folder) -> set[str]:
    """Files of the vault that no record has the key of."""
    with contextlib.closing(sqlite3.connect(f"{Home(home).database.as_uri()}?mode=ro", uri=True)) as database:
        records = {row[0] for row in database.execute("SELECT id FROM records WHERE wrapped_key IS NOT NULL")}
    paths = map(PurePath, listed(home))
    return {path.name for path in paths if path.suffix != SUFFIX or path.stem not in records}


def assert_no_orphans(home: Path, seconds: float) -> None:
    eventually(lambda: not orphans(home), seconds, f"the vault is without orphans: {orphans(home)}")
