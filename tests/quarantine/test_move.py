"""The bodies of a vault go from files to S3, back, and between buckets; stopped, away, purged or damaged on the way."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import ConfigError, Conflict, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine.alone import alone
from facegate.quarantine.blobs import Blobs, FileBlobs
from facegate.quarantine.either import Either
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.move import Moved, due, move
from facegate.quarantine.s3 import S3Blobs
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from s3_server import BUCKET, CREDENTIALS, S3Server

Made = Callable[..., QuarantineRecord]
Opened = Callable[[Blobs], SealedVault]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def files(home: Home) -> FileBlobs:
    return FileBlobs(home.vault)


@pytest.fixture
def bucket(server: S3Server, home: Home) -> S3Blobs:
    return S3Blobs(f"s3://{BUCKET}/{home.path.parent.name}", "mine", endpoint=server.endpoint)


@pytest.fixture
def opened(config: Config, home: Home, database: Database) -> Opened:
    def over(blobs: Blobs) -> SealedVault:
        keys = KeyRing.open(home, config.vault, database)
        return SealedVault(home, database, keys, timedelta(days=30), blobs=blobs)

    return over


async def keep(vault: SealedVault, a_record: Made, count: int, *, days: float = 3) -> list[str]:
    names = [f"record-{n}" for n in range(count)]
    for name in names:
        await vault.keep(a_record(name.encode(), name, days=days), name.encode())
    return names


@pytest.fixture
def moved(home: Home, database: Database, ledger: ChainedLedger) -> Callable[[Either], Moved]:
    return lambda either: move(home, database, ledger, either, "os:root")


async def test_from_files_to_s3_to_another_bucket_and_back(
    server: S3Server, home: Home, files: FileBlobs, bucket: S3Blobs, opened: Opened, a_record: Made,
    moved: Callable[[Either], Moved], database: Database,
) -> None:  # fmt: skip
    other = S3Blobs(f"s3://{BUCKET}/{home.path.parent.name}/other", "mine", endpoint=server.endpoint)
    with opened(files) as vault:
        names = await keep(vault, a_record, 5)
    files.put("orphan-1", (b"of nobody",))
    for old, new in ((files, bucket), (bucket, other), (other, files)):
        sealed = {name: old.get(name) for name in names}
        told = due(database, old)
        done = await asyncio.to_thread(moved, Either(new, old))
        assert (done.bodies, done.bytes, done.bad, done.purged) == (5, sum(map(len, sealed.values())), 0, 0)
        assert told == (5, done.bytes, done.left)
        assert {name: new.get(name) for name in names} == sealed
        assert not [name for name in names if old.has(name)]
        with opened(new) as vault:
            assert [vault.open(name) for name in names] == [name.encode() for name in names]
    assert files.has("orphan-1")  # it is not a move that removes those
    lines = [line for line in tail(home.path / "ledger", 20) if str(line["event"]).startswith("vault-move")]
    assert [(line["event"], line["bodies"], line["by"]) for line in lines[-2:]] == [
        ("vault-move", 5, "os:root"),
        ("vault-moved", 5, "os:root"),
    ]


async def test_gateways_read_keep_and_purge_meanwhile(
    files: FileBlobs, bucket: S3Blobs, opened: Opened, a_record: Made, moved: Callable[[Either], Moved]
) -> None:
    either = Either(bucket, files)
    with opened(files) as vault:
        names = await keep(vault, a_record, 40)
    with opened(either) as gateway:
        moving = asyncio.create_task(asyncio.to_thread(moved, either))
        looks = 0
        while not moving.done():
            for name in names[: 3 if looks else None]:
                assert await asyncio.to_thread(gateway.open, name) == name.encode()
            looks += 1
            fresh = f"fresh-record-{looks}"
            await gateway.keep(a_record(fresh.encode(), fresh), fresh.encode())
        done = await moving
        assert (done.bodies, done.bad) == (40, 0)
        assert gateway.open("fresh-record-1") == b"fresh-record-1"
        assert bucket.has("fresh-record-1")
        assert not list(files.list())
        gone = await asyncio.to_thread(gateway.purge, utc_now() + timedelta(days=4))
        assert len(gone) == 40 + looks
        assert not list(either.list())


KILLED = """
import os, signal, sys
from facegate.cli import main
from facegate.quarantine.blobs import FileBlobs
from facegate.quarantine.s3 import S3Blobs
place, count = sys.argv[1], int(sys.argv[2])
owner = {"put": S3Blobs, "remove": FileBlobs}[place]
call, calls = getattr(owner, place), []
def counted(*arguments):
    calls.append(1)
    if len(calls) > count:
        os.kill(os.getpid(), signal.SIGKILL)
    return call(*arguments)
setattr(owner, place, counted)
main(["vault", "move", *sys.argv[3:]])
"""


@pytest.mark.parametrize("where", ["put", "remove"])
async def test_killed_in_the_middle_nothing_is_lost_and_the_next_run_goes_on(
    server: S3Server, home: Home, files: FileBlobs, opened: Opened, a_record: Made, where: str, tmp_path: Path,
    database: Database,
) -> None:  # fmt: skip
    with opened(files) as vault:
        names = await keep(vault, a_record, 6)
    config = tmp_path / "facegate.toml"
    place = f's3://{BUCKET}/{home.path.parent.name}"\nendpoint = "{server.endpoint}'
    config.write_text(f'home = "{home.path}"\n[vault]\nurl = "{place}"\nprevious = {{ url = "file:" }}\n')
    argv = [sys.executable, "-c", KILLED, where, "3", "--config", str(config), "--home", str(home.path)]
    killed = await asyncio.to_thread(subprocess.run, argv, capture_output=True, check=False, env=dict(os.environ))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (owner,) = database.read("SELECT value FROM settings WHERE name = 'vault-owner'")
    bucket = S3Blobs(f"s3://{BUCKET}/{home.path.parent.name}", owner["value"], endpoint=server.endpoint)
    with opened(Either(bucket, files)) as vault:
        assert [vault.open(name) for name in names] == [name.encode() for name in names]
    argv[3:5] = ["put", "1000"]
    again = await asyncio.to_thread(subprocess.run, argv, capture_output=True, check=False, env=dict(os.environ))
    assert again.returncode == 0, again.stderr
    assert b"Nothing is left to move" in again.stdout
    assert not list(files.list())
    with opened(bucket) as vault:
        assert [vault.open(name) for name in names] == [name.encode() for name in names]


async def test_where_the_new_storage_goes_away_it_stops_and_nothing_is_removed(
    home: Home, files: FileBlobs, opened: Opened, a_record: Made, moved: Callable[[Either], Moved],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with opened(files) as vault:
        names = await keep(vault, a_record, 3)
    with S3Server() as server:
        bucket = S3Blobs(f"s3://{BUCKET}", "mine", endpoint=server.endpoint, retries=0)
        withdraw = bucket.withdraw

        def gone(id_: str) -> None:  # after the first question, whether they are two
            withdraw(id_)
            server.kill()

        monkeypatch.setattr(bucket, "withdraw", gone)
        done = await asyncio.to_thread(moved, Either(bucket, files))
        assert (done.bodies, done.bad) == (0, 3)
        assert set(done.failed.values()) == {"the storage cannot be reached, or failed"}
        assert all(files.has(name) for name in names)
        with pytest.raises(StateError, match="the vault's storages: the storage cannot be reached"):
            await asyncio.to_thread(moved, Either(bucket, files))


async def test_another_body_of_that_name_and_one_that_is_not_read_as_written(
    files: FileBlobs, bucket: S3Blobs, opened: Opened, a_record: Made, moved: Callable[[Either], Moved],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with opened(files) as vault:
        await keep(vault, a_record, 2)
    bucket.put("record-0", (b"another body",))
    look = bucket.get
    monkeypatch.setattr(bucket, "get", lambda id_: look(id_) + (b"!" if id_ == "record-1" else b""))
    done = await asyncio.to_thread(moved, Either(bucket, files))
    assert done.failed == {
        "record-0": "another body of that name is in the new storage",
        "record-1": "was not read again as it was written",
    }
    assert files.has("record-0")
    assert files.has("record-1")
    assert look("record-0") == b"another body"
    assert not bucket.has("record-1")


async def test_what_is_purged_while_it_is_under_way_does_not_come_back(
    files: FileBlobs, bucket: S3Blobs, opened: Opened, a_record: Made, moved: Callable[[Either], Moved],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    either = Either(bucket, files)
    with opened(either) as gateway:
        with opened(files) as vault:
            await keep(vault, a_record, 1, days=1)
        put = bucket.put

        def late(id_: str, pieces: tuple[bytes, ...]) -> None:
            if id_ == "record-0":  # read already, not put yet
                assert gateway.purge(utc_now() + timedelta(days=2)) == ["record-0"]
            put(id_, pieces)

        monkeypatch.setattr(bucket, "put", late)
        done = await asyncio.to_thread(moved, either)
    assert (done.bodies, done.purged, done.bad) == (0, 1, 0)
    assert not list(either.list())


def test_one_storage_under_two_names_is_noticed(
    server: S3Server, home: Home, bucket: S3Blobs, moved: Callable[[Either], Moved]
) -> None:
    alias = S3Blobs(f"s3://{BUCKET}/{home.path.parent.name}", "mine", endpoint=f"http://localhost:{server.port}")
    with pytest.raises(ConfigError, match="one storage under two names"):
        moved(Either(alias, bucket))
    assert not list(bucket.list())


def test_two_moves_at_once_are_refused(
    home: Home, files: FileBlobs, bucket: S3Blobs, moved: Callable[[Either], Moved]
) -> None:
    with alone(home, "move"), pytest.raises(Conflict, match="another move is under way"):
        moved(Either(bucket, files))
