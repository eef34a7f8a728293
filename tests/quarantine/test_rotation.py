import asyncio
import base64
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import ConfigError, Conflict, HomeError, StateError
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine import rotation
from facegate.quarantine.alone import alone
from facegate.quarantine.keys import KeyRing, beside, master_key
from facegate.quarantine.rotation import Rotated, rotate
from facegate.quarantine.vault import SealedVault
from facegate.quarantine.wrapped import SETTINGS
from facegate.quarantine.wrapping import key_id, unwrap
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.secret import erasure_secret, identity_secret
from facegate_addons.domain.model import QuarantineRecord

Made = Callable[..., QuarantineRecord]
DEFAULT = Vault()
WRAPPED = 12 + 32 + 16  # bytes: nonce, key, tag


@pytest.fixture
def running(home: Home, database: Database) -> Iterator[SealedVault]:
    """As in a gateway: with keys that were read before anything is rotated."""
    with SealedVault(home, database, KeyRing.open(home, DEFAULT, database), Config().vault.keep_for) as vault:
        yield vault


async def keep(vault: SealedVault, a_record: Made, *names: str) -> None:
    for name in names:
        await vault.keep(a_record(name.encode(), name), name.encode())


async def rotated(home: Home, database: Database, ledger: ChainedLedger, vault: Vault = DEFAULT) -> Rotated:
    return await asyncio.to_thread(rotate, home, vault, database, ledger, "os:root")


def wrapped_values(database: Database) -> dict[str, bytes]:
    """Everything in the database that looks wrapped, by the name that it is bound to: each column of each table."""
    found = {}
    tables = [row["name"] for row in database.read("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in database.read(f"SELECT * FROM {table}"):  # noqa: S608 - of the schema
            for value in tuple(row):
                if isinstance(value, str) and len(value) == len(base64.b64encode(bytes(WRAPPED))):
                    try:
                        value = base64.b64decode(value, validate=True)
                    except ValueError:
                        continue
                if isinstance(value, bytes) and len(value) == WRAPPED:
                    found[row["name"] if table == "settings" else row["id"]] = value
    return found


async def test_everything_is_wrapped_under_the_new_key_and_nothing_under_the_old(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made
) -> None:
    old, secret = master_key(home, DEFAULT, database), identity_secret(database, master_key(home, DEFAULT, database))
    erasure = erasure_secret(database, old)
    old_file = home.master_key.read_bytes()
    await keep(running, a_record, *(f"record-{n}" for n in range(7)))
    before = wrapped_values(database)
    assert set(before) == {*SETTINGS, *(f"record-{n}" for n in range(7))}  # what the rotation has to know of
    done = await rotated(home, database, ledger)
    new = master_key(home, DEFAULT, database)
    assert (done.records, done.before, done.key, done.resumed) == (7, key_id(old), key_id(new), False)
    assert (done.destroyed, done.kept, done.yours, done.damaged) == ([key_id(old)], [], [], [])
    for name, wrapped in wrapped_values(database).items():
        assert unwrap(new, name, wrapped) == unwrap(old, name, before[name])
        with pytest.raises(StateError):
            unwrap(old, name, wrapped)
    assert (identity_secret(database, new), erasure_secret(database, new)) == (secret, erasure)
    assert beside(home) == []
    for path in home.path.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert old_file.strip() not in data
        assert not path.name.startswith("facegate.db") or not any(wrapped in data for wrapped in before.values())
    assert home.master_key.stat().st_mode & 0o777 == 0o600
    lines = [line for line in tail(home.ledger, 10) if line["event"].startswith(("master-key", "vault"))]
    assert [(line["event"], line["by"]) for line in lines] == [
        ("master-key-rotated", "os:root"),
        ("vault-rewrapped", "os:root"),
    ]
    assert (lines[0]["from"], lines[0]["to"]) == (key_id(old), key_id(new))


async def test_a_running_gateway_goes_on_without_a_restart(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made
) -> None:
    await keep(running, a_record, "record-1")
    await rotated(home, database, ledger)
    await keep(running, a_record, "record-2")
    assert {row["key_id"] for row in database.read("SELECT key_id FROM records")} == {
        key_id(master_key(home, DEFAULT, database))
    }
    await rotated(home, database, ledger)
    assert running.open("record-1") == b"record-1"
    assert running.open("record-2") == b"record-2"


async def test_one_that_cannot_read_the_new_key_keeps_nothing_under_the_old(
    home: Home, database: Database, ledger: ChainedLedger, a_record: Made
) -> None:
    with SealedVault(home, database, master_key(home, DEFAULT, database), Config().vault.keep_for) as vault:
        await keep(vault, a_record, "record-1")
        await rotated(home, database, ledger)
        with pytest.raises(StateError, match="restart it"):
            await keep(vault, a_record, "record-2")
    assert [path.stem for path in home.vault.glob("*/*")] == ["record-1"]


async def test_records_are_kept_meanwhile(
    home: Home,
    database: Database,
    ledger: ChainedLedger,
    running: SealedVault,
    a_record: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    await keep(running, a_record, *(f"before-{n}" for n in range(30)))
    turning = asyncio.create_task(rotated(home, database, ledger))
    kept = 0
    while not turning.done():
        await keep(running, a_record, f"meanwhile-{kept}")
        kept += 1
    await turning
    current = key_id(master_key(home, DEFAULT, database))
    assert {row["key_id"] for row in database.read("SELECT key_id FROM records")} == {current}
    for row in database.read("SELECT id FROM records"):
        assert running.open(row["id"]) == row["id"].encode()


async def test_what_is_purged_meanwhile_stays_purged(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made
) -> None:
    await keep(running, a_record, "record-1", "record-2")

    def tell(_done: int, _due: int) -> None:  # after the keys were read, or before
        running._database.write_now(
            lambda c: (
                c.execute(
                    "UPDATE records SET wrapped_key = NULL, key_id = NULL, gone = expires WHERE id = 'record-1'"
                ).rowcount
            )
        )

    await asyncio.to_thread(rotate, home, DEFAULT, database, ledger, "os:root", tell)
    with pytest.raises(ConfigError, match="destroyed"):
        running.open("record-1")
    assert running.open("record-2") == b"record-2"


async def test_two_at_once(home: Home, database: Database, ledger: ChainedLedger, a_record: Made) -> None:
    master_key(home, DEFAULT, database)
    with alone(home, "rotation"), pytest.raises(Conflict, match="under way"):
        rotate(home, DEFAULT, database, ledger, "os:root")
    assert not (await rotated(home, database, ledger)).resumed


async def test_a_damaged_key_is_told_of_and_its_master_stays(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made
) -> None:
    await keep(running, a_record, "record-1", "record-2")
    old = key_id(master_key(home, DEFAULT, database))
    database.write_now(
        lambda c: c.execute("UPDATE records SET wrapped_key = zeroblob(60) WHERE id = 'record-1'").rowcount
    )
    done = await rotated(home, database, ledger)
    assert (done.damaged, done.kept, done.destroyed) == (["record-1"], [old], [])
    assert [path.name for path in beside(home)] == [f"master.key.old-{old}"]
    again = await rotated(home, database, ledger)
    assert (again.resumed, again.key) == (True, done.key)


KILLED = """
import os, sys
from pathlib import Path
from facegate.config import load
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine import rotation
from facegate.state.database import Database
from facegate.state.home import Home

config = load(home=sys.argv[1])
home = Home.prepare(config)
rotation.BATCH = 2
calls = 0

def tell(event, arguments):
    global calls
    changes = event in ("os.link", "os.rename", "os.remove") or (event == "open" and arguments[2] & os.O_ACCMODE)
    if changes and "master.key" in str(arguments[0]):
        calls += 1
        if calls >= int(sys.argv[2]):
            os._exit(9)

with Database.open(home.database) as database, ChainedLedger(home.ledger, "vault") as ledger:
    steps = []
    real = database.write_now
    def write_now(change):
        steps.append(1)
        if "write-%d" % len(steps) == sys.argv[3]:
            os._exit(9)
        result = real(change)
        if "written-%d" % len(steps) == sys.argv[3]:
            os._exit(9)
        return result
    database.write_now = write_now
    if sys.argv[3] == "files":
        sys.addaudithook(tell)
    rotation.rotate(home, config.vault, database, ledger, "os:root")
"""
"""It ends as `kill -9` would: before the n-th time that it changes a key's file, or before or after its n-th
transaction. The files: one is made aside, linked into place, and the name aside removed; the old one is linked aside,
the new one takes its name; the old one is overwritten, and removed."""


@pytest.mark.parametrize(
    ("calls", "where"),
    [(0, "written-1"), (0, "written-2"), (0, "written-4"), *((n, "files") for n in range(1, 8))],
)
async def test_killed_at_any_moment_the_next_one_goes_on(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made, calls: int, where: str
) -> None:
    old = master_key(home, DEFAULT, database)
    secret = identity_secret(database, old)
    await keep(running, a_record, *(f"record-{n}" for n in range(5)))
    killed = [sys.executable, "-c", KILLED, str(home.path), str(calls), where]
    assert (await asyncio.to_thread(subprocess.run, killed, check=False)).returncode == 9
    # whatever was left: gateways that run and that start open everything, and keep more
    await keep(running, a_record, "record-5")
    with SealedVault(home, database, KeyRing.open(home, DEFAULT, database), Config().vault.keep_for) as started:
        for vault in (running, started):
            for n in range(6):
                assert vault.open(f"record-{n}") == f"record-{n}".encode()
    assert identity_secret(database, master_key(home, DEFAULT, database)) == secret
    await rotated(home, database, ledger)
    new = master_key(home, DEFAULT, database)
    assert new != old
    for name, wrapped in wrapped_values(database).items():
        unwrap(new, name, wrapped)
    assert beside(home) == []
    assert running.open("record-5") == b"record-5"


def a_key(path: Path) -> bytes:
    key = secrets.token_bytes(32)
    path.write_bytes(base64.b64encode(key))
    path.chmod(0o600)
    return key


async def test_a_configured_key_is_changed_in_the_configuration(
    home: Home, database: Database, ledger: ChainedLedger, a_record: Made, tmp_path: Path
) -> None:
    first, second = a_key(tmp_path / "first"), a_key(tmp_path / "second")
    before = Vault(key={"file": str(tmp_path / "first")})
    with SealedVault(home, database, KeyRing.open(home, before, database), before.keep_for) as vault:
        await keep(vault, a_record, "record-1")
        with pytest.raises(ConfigError, match=r"under vault\.old, restart"):
            await rotated(home, database, ledger, before)
        with pytest.raises(HomeError, match=r"name it under vault\.old"):  # the old one was forgotten
            await rotated(home, database, ledger, Vault(key={"file": str(tmp_path / "second")}))
    after = Vault(key={"file": str(tmp_path / "second")}, old=[{"file": str(tmp_path / "first")}])
    with SealedVault(home, database, KeyRing.open(home, after, database), after.keep_for) as vault:
        await keep(vault, a_record, "record-2")  # gateways are restarted before the rotation
        assert {row["key_id"] for row in database.read("SELECT key_id FROM records")} == {key_id(first)}
        done = await rotated(home, database, ledger, after)
        assert (done.key, done.records, done.yours) == (key_id(second), 2, [key_id(first)])
        await keep(vault, a_record, "record-3")
        (tmp_path / "first").unlink()  # served its time, whatever vault.old still says
        assert {row["key_id"] for row in database.read("SELECT key_id FROM records")} == {key_id(second)}
        for name in ("record-1", "record-2", "record-3"):
            assert vault.open(name) == name.encode()
    assert master_key(home, after, database) == second


async def test_from_the_home_into_the_environment(
    home: Home,
    database: Database,
    ledger: ChainedLedger,
    running: SealedVault,
    a_record: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await keep(running, a_record, "record-1")
    key = secrets.token_bytes(32)
    monkeypatch.setenv("FACEGATE_TEST_KEY", key.hex())
    after = Vault(key={"env": "FACEGATE_TEST_KEY"}, old=[{"file": str(home.master_key)}, {"env": "FACEGATE_UNSET"}])
    assert (await rotated(home, database, ledger, after)).key == key_id(key)
    home.master_key.unlink()
    with SealedVault(home, database, KeyRing.open(home, after, database), after.keep_for) as vault:
        assert vault.open("record-1") == b"record-1"


@pytest.mark.parametrize("text", [b"short", b""])
async def test_a_wrong_new_key_changes_nothing(
    home: Home,
    database: Database,
    ledger: ChainedLedger,
    running: SealedVault,
    a_record: Made,
    tmp_path: Path,
    text: bytes,
) -> None:
    await keep(running, a_record, "record-1")
    path = tmp_path / "new"
    path.write_bytes(text)
    path.chmod(0o600)
    before = wrapped_values(database)
    with pytest.raises(HomeError, match="32 bytes"):
        await rotated(home, database, ledger, Vault(key={"file": str(path)}, old=[{"file": str(home.master_key)}]))
    assert wrapped_values(database) == before


async def test_a_home_from_before_keys_had_ids(
    home: Home, database: Database, ledger: ChainedLedger, running: SealedVault, a_record: Made
) -> None:
    await keep(running, a_record, "record-1")
    database.write_now(lambda c: c.execute("UPDATE records SET key_id = ''").rowcount)
    assert running.open("record-1") == b"record-1"
    done = await rotated(home, database, ledger)
    assert (done.records, done.damaged, done.kept) == (1, [], [])
    assert running.open("record-1") == b"record-1"
