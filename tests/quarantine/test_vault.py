import asyncio
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import ConfigError, StateError, Uncertain
from facegate.quarantine import records
from facegate.quarantine.keys import KeyRing, master_key
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.ports import Vault

BODY = b"a picture of a person, in plain" * 1000


def sealed(home: Home) -> list[Path]:
    return sorted(home.vault.glob("*/*"))


async def test_what_is_kept_comes_back(
    home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    gate: Vault = vault
    record = a_record(BODY)
    await gate.keep(record, BODY)
    assert vault.open("record-1") == BODY
    kept, history = records.show(database, "record-1")
    assert kept == replace(record, url="https://News.example/photo.jpg?size=1", request="")  # that is a sighting's
    assert [event["event"] for event in history] == ["withheld"]
    assert [path.stat().st_mode & 0o777 for path in sealed(home)] == [0o600]


async def test_no_plaintext_reaches_the_disk(
    home: Home, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(a_record(BODY), BODY)
    for path in home.path.rglob("*"):
        assert path.is_dir() or b"a picture of a person" not in path.read_bytes()
        assert path.is_dir() or b"secret" not in path.read_bytes()  # the URL's password


async def test_each_body_has_a_key_of_its_own(
    home: Home, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await asyncio.gather(
        *(vault.keep(a_record(BODY + bytes([i]), f"record-{i}"), BODY + bytes([i])) for i in range(20))
    )
    assert len({path.read_bytes()[-64:] for path in sealed(home)}) == 20


@pytest.mark.parametrize("damage", ["flip", "magic", "short", "gone", "other"])
async def test_damage_is_told(
    home: Home, vault: SealedVault, a_record: Callable[..., QuarantineRecord], damage: str
) -> None:
    await vault.keep(a_record(BODY), BODY)
    (path,) = sealed(home)
    raw = bytearray(path.read_bytes())
    match damage:
        case "flip":
            raw[len(raw) // 2] ^= 1
        case "magic":
            raw[0] ^= 1
        case "short":
            del raw[40:]
        case "other":
            await vault.keep(a_record(BODY + b"!", "record-2"), BODY + b"!")
            raw[:] = next(other for other in sealed(home) if other != path).read_bytes()
    path.write_bytes(raw)
    if damage == "gone":
        path.unlink()
    with pytest.raises(StateError, match="record record-1: its file"):
        vault.open("record-1")


async def test_what_is_refused(
    home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    with pytest.raises(StateError, match="not those of its digest"):
        await vault.keep(a_record(BODY), BODY + b"!")
    with pytest.raises(StateError, match="no file name"):
        await vault.keep(a_record(BODY, "../../escape"), BODY)
    await vault.keep(a_record(BODY), BODY)
    with pytest.raises(StateError, match="record-1"):
        await vault.keep(a_record(b"another"), b"another")
    assert vault.open("record-1") == BODY
    with pytest.raises(ConfigError, match="quarantine list"):
        vault.open("ghost-99")
    assert len(sealed(home)) == 1
    assert len(database.read("SELECT 1 FROM records")) == 1


async def test_a_hostile_head_is_kept_as_text(
    database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(replace(a_record(BODY), url="https://x/\udcff", content_type="\ud800"), BODY)
    record, _ = records.show(database, "record-1")
    assert (record.url, record.content_type) == ("https://x/\\udcff", "\\ud800")


async def test_expiry_destroys_key_and_bytes(
    home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(a_record(BODY, "record-1", days=1), BODY)
    await vault.keep(a_record(BODY + b"!", "record-2", days=90), BODY + b"!")
    wrapped = database.read("SELECT wrapped_key FROM records WHERE id = 'record-1'")[0][0]
    assert wrapped in home.database.read_bytes() + home.database.with_name("facegate.db-wal").read_bytes()
    assert await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=2)) == ["record-1"]
    assert [path.stem for path in sealed(home)] == ["record-2"]
    with pytest.raises(ConfigError, match="has expired"):
        vault.open("record-1")
    for path in home.path.glob("facegate.db*"):
        assert wrapped not in path.read_bytes()
    # `keep` of the configuration, 30 days, bounds what the record asked for
    assert await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=31)) == ["record-2"]
    assert await asyncio.to_thread(vault.purge, utc_now() + timedelta(days=31)) == []


async def test_orphans_are_removed_when_nobody_else_is_there(
    config: Config, home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(a_record(BODY), BODY)
    (kept,) = sealed(home)
    for name in ("orphan-1.sealed", "orphan-2.1234.tmp"):
        (kept.parent / name).write_bytes(b"left by a crash")
    with SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as other:
        assert other.clean_orphans() == 0  # `vault` might be between file and record
    assert vault.clean_orphans() == 2
    assert sealed(home) == [kept]
    with SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as other:
        assert other.clean_orphans() == 0


async def test_orphans_go_at_the_second_look_while_others_are_there(
    config: Config, home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(a_record(BODY), BODY)
    (kept,) = sealed(home)
    (kept.parent / "orphan-1.sealed").write_bytes(b"left by a crash")
    with SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for):
        assert vault.sweep_orphans() == 0  # another might be between file and record
        (kept.parent / "orphan-2.1234.tmp").write_bytes(b"left by a crash")
        assert vault.sweep_orphans() == 1
        assert vault.sweep_orphans() == 1
        assert vault.sweep_orphans() == 0
    assert sealed(home) == [kept]


async def test_a_failed_record_leaves_nothing_to_read(
    home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    database.write_now(lambda c: c.execute("DROP TABLE history").rowcount)
    with pytest.raises(StateError):
        await vault.keep(a_record(BODY), BODY)
    assert database.read("SELECT 1 FROM records") == []
    assert sealed(home) == []  # else a full disk would go on filling itself


async def test_a_file_whose_record_may_be_there_stays(
    home: Home, database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    def uncommittable(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        connection.execute(
            "INSERT INTO history (record, at, event, user, note, job) VALUES ('ghost', '', '', '', '', '')"
        )

    keep = asyncio.create_task(vault.keep(a_record(BODY), BODY))
    insert = vault._insert
    vault._insert = lambda connection, *rest: (insert(connection, *rest), uncommittable(connection))[0]
    with pytest.raises(Uncertain):
        await keep
    assert [path.stem for path in sealed(home)] == ["record-1"]
    assert vault.clean_orphans() == 1


async def test_a_vault_that_cannot_be_written_raises(
    home: Home, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    shard = hashlib.sha256(b"record-1").hexdigest()[:2]
    (home.vault / shard).write_text("a file where a folder should be")
    with pytest.raises(StateError, match="cannot be written to the vault"):
        await vault.keep(a_record(BODY), BODY)


async def test_without_pixels_no_byte_and_no_key_is_written(
    config: Config,
    home: Home,
    database: Database,
    a_record: Callable[..., QuarantineRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = KeyRing.open(home, config.vault, database)
    monkeypatch.delattr(SealedVault, "_store")
    with SealedVault(home, database, keys, timedelta(days=30), pixels=False) as without:
        assert await without.keep(a_record(BODY), BODY) == "record-1"
        assert await without.keep(a_record(BODY, "record-2"), BODY) == "record-1"
        with pytest.raises(StateError, match="not those of its digest"):
            await without.keep(a_record(BODY + b"!", "record-3"), BODY)
        with pytest.raises(StateError, match="exists already"):
            await without.keep(a_record(BODY + b"!", "record-1"), BODY + b"!")
        with pytest.raises(ConfigError, match=r'not kept: vault\.pixels was "never"'):
            without.open("record-1")
    assert [path.name for path in home.vault.rglob("*")] == [".lock"]
    ((key, id_, gone, sightings),) = database.read("SELECT wrapped_key, key_id, gone, sightings FROM records")
    assert (key, id_, gone, sightings) == (None, None, None, 2)


async def test_what_was_kept_before_stays_until_its_time_is_over(
    config: Config,
    home: Home,
    database: Database,
    vault: SealedVault,
    a_record: Callable[..., QuarantineRecord],
) -> None:
    await vault.keep(a_record(BODY), BODY)
    keys = KeyRing.open(home, config.vault, database)
    with SealedVault(home, database, keys, timedelta(days=30), pixels=False) as without:
        await without.keep(a_record(BODY, "record-2"), BODY)
        await without.keep(a_record(b"another", "record-3", days=1), b"another")
        assert without.open("record-1") == BODY
        # its metadata expire like those of any other, and are no error to a purge
        assert await asyncio.to_thread(without.purge, utc_now() + timedelta(days=2)) == ["record-3"]
        with pytest.raises(ConfigError, match="has expired"):
            without.open("record-3")


KEEPER = """
import asyncio, hashlib, itertools, sys
from datetime import timedelta
from pathlib import Path
from facegate.config import load
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

config = load(home=sys.argv[1])
home = Home.prepare(config)
database = Database.open(home.database)
vault = SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for)
pixels = b"pixels" * 50_000

async def keep(number):
    now = utc_now()
    body = pixels + str(number).encode()
    record = QuarantineRecord(f"record-{number}", "crawl", "https://x/", hashlib.sha256(body).hexdigest(), len(body),
        "image/jpeg", Reason.FACES, now, now + timedelta(days=1), {})
    await vault.keep(record, body)
    print(number, flush=True)

async def main():
    for start in itertools.count(0, 8):
        await asyncio.gather(*(keep(n) for n in range(start, start + 8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [3, 11, 30])
def test_kill_9_while_keeping_loses_no_record_that_was_answered(config: Config, home: Home, after: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", KEEPER, str(home.path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    answered = [int(child.stdout.readline()) for _ in range(after)]
    os.kill(child.pid, signal.SIGKILL)
    answered += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    with (
        Database.open(home.database) as database,
        SealedVault(home, database, master_key(home, config.vault, database), config.vault.keep_for) as vault,
    ):
        vault.clean_orphans()
        known = {row["id"] for row in database.read("SELECT id FROM records")}
        assert {f"record-{number}" for number in answered} <= known
        assert {path.stem for path in sealed(home)} == known
        for record_id in known:
            assert vault.open(record_id) == b"pixels" * 50_000 + record_id.removeprefix("record-").encode()
