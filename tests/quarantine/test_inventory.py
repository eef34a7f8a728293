from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from facegate.config import Config
from facegate.quarantine.inventory import inventory, verify
from facegate.quarantine.keys import KeyRing
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now

Made = Callable[..., QuarantineRecord]


def path_of(home: Home, record_id: str) -> Path:
    return next(home.vault.glob(f"*/{record_id}.sealed"))


async def test_what_is_there_is_counted(
    config: Config, home: Home, database: Database, vault: SealedVault, a_record: Made
) -> None:
    keys = KeyRing.open(home, config.vault, database)
    with SealedVault(home, database, keys, timedelta(days=30), pixels=False) as without:
        await without.keep(a_record(b"none", "record-0"), b"none")
    for n, days in ((1, 1), (2, 3), (3, 5)):
        await vault.keep(a_record(b"%d" % n, f"record-{n}", days=days), b"%d" % n)
    database.write_now(lambda c: c.execute("UPDATE records SET hold = 'case 7' WHERE id = 'record-2'").rowcount)
    database.write_now(lambda c: c.execute("UPDATE records SET key_id = 'fedcba9876543210' WHERE seq = 4").rowcount)
    (path_of(home, "record-1").parent / "ghost.sealed").write_bytes(b"left by a crash")
    facts = inventory(database, vault, utc_now() + timedelta(days=2))
    assert (facts["records"], facts["with_bytes"], facts["without_bytes"], facts["bytes"]) == (4, 3, 1, 3)
    assert (facts["gone"], facts["held"], facts["due"]) == (0, 1, 1)
    assert facts["keys"] == {facts["key"]: 2, "fedcba9876543210": 1}
    assert facts["known_keys"] == [facts["key"]]
    assert (facts["files"], facts["orphans"], facts["unfinished"]) == (4, 1, 0)
    assert facts["bytes_on_disk"] == sum(path.stat().st_size for path in home.vault.glob("*/*"))


async def test_what_does_not_open_is_told(home: Home, database: Database, vault: SealedVault, a_record: Made) -> None:
    for n in range(6):
        await vault.keep(a_record(b"%d" % n, f"record-{n}"), b"%d" % n)
    told: list[tuple[int, int]] = []
    assert verify(database, vault, with_bytes=True, tell=lambda *steps: told.append(steps)).bad == 0
    assert told == [(6, 6)]
    damaged = path_of(home, "record-1")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    path_of(home, "record-2").unlink()
    database.write_now(lambda c: c.execute("UPDATE records SET wrapped_key = zeroblob(60) WHERE seq = 4").rowcount)
    path_of(home, "record-4").write_bytes(path_of(home, "record-5").read_bytes())  # one for the other
    found = verify(database, vault, with_bytes=False)
    assert (found.records, found.bad, sorted(found.damaged)) == (6, 2, ["record-2", "record-3"])
    found = verify(database, vault, with_bytes=True)
    assert found.damaged == {
        "record-1": "its file is damaged",
        "record-2": "its file cannot be read (No such file or directory)",
        "record-3": "its key cannot be opened with this master key",
        "record-4": "its file is damaged",
    }
