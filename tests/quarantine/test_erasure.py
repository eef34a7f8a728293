import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.errors import ConfigError, NotFound
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.reading import tail
from facegate.quarantine.corrected import Corrected
from facegate.quarantine.erasure import REMOVED, erase
from facegate.quarantine.holds import hold
from facegate.quarantine.subject import Asked, find
from facegate.quarantine.traces import is_trace, trace
from facegate.quarantine.vault import SealedVault
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord, utc_now

BODY = b"a picture of a person"
DIGEST = hashlib.sha256(BODY).hexdigest()
SECRET = bytes(32)
ADDRESSES = ("https://News.example/photo.jpg?size=1", "https://mirror.example/jane-doe.jpg")
REQUESTS = ("request-of-record-1", "request-of-record-x")

Made = Callable[..., QuarantineRecord]


@pytest.fixture(autouse=True)
async def kept(database: Database, ledger: ChainedLedger, vault: SealedVault, a_record: Made) -> None:
    await vault.keep(a_record(BODY), BODY)
    await vault.keep(replace(a_record(BODY, "record-x", "other"), url=ADDRESSES[1]), BODY)
    await vault.keep(replace(a_record(b"another", "record-2"), url="https://elsewhere.example/"), b"another")
    for name, role in (("eve", "reviewer"), ("olaf", "operator")):
        await asyncio.to_thread(users.add, database, ledger, name, role, "a long password")


def everything(home: Home) -> bytes:
    """What the database's files hold, in whatever table or free page."""
    return b"".join(path.read_bytes() for path in home.path.glob("facegate.db*"))


def change(database: Database, sql: str, *values: object) -> None:
    database.write_now(lambda connection: connection.execute(sql, values).rowcount)


def test_bytes_addresses_and_digest_go_and_a_trace_stays(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    for note in ("looks like MIRROR.example/jane-doe", "see the log of Request-of-record-x", "blurred"):
        sql = "INSERT INTO history (record, at, event, user, note, job) VALUES ('record-1', '', 'noted', 'eve', ?, '')"
        change(database, sql, note)
    for text in (DIGEST, *ADDRESSES, "jane-doe", *REQUESTS):
        assert text.encode() in everything(home)
    done = erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12 of 3 May")
    assert (done.ids, done.held, done.before, done.swept.removed) == (["record-1"], {}, [], 1)
    for text in (DIGEST, *ADDRESSES, "jane-doe", "mirror.example", *REQUESTS):
        assert text.encode() not in everything(home), text
    assert [path.stem for path in home.vault.glob("*/*")] == ["record-2"]
    (row,) = database.read("SELECT * FROM records WHERE id = 'record-1'")
    assert (row["digest"], row["url"], row["host"], row["findings"], row["wrapped_key"]) == (
        trace(SECRET, DIGEST), "", "", "[]", None,
    )  # fmt: skip
    assert (row["state"], row["job"], row["faces"], row["sightings"], row["size"]) == (
        "expired", "crawl", 1, 2, len(BODY),
    )  # fmt: skip
    assert bool(row["gone"])
    assert [tuple(each) for each in database.read("SELECT job, url, host FROM sightings WHERE record = 1")] == [
        ("crawl", "", ""),
        ("other", "", ""),
    ]
    notes = [each["note"] for each in database.read("SELECT note FROM history WHERE record = 'record-1' ORDER BY seq")]
    assert notes == ["faces", REMOVED, REMOVED, "blurred", "request 12 of 3 May"]
    (line,) = [each for each in tail(home.ledger, 5) if each["event"] == "record-erased"]
    assert (line["record"], line["user"], line["trace"]) == ("record-1", "eve", trace(SECRET, DIGEST))
    assert not [text for text in (DIGEST, "example", "jane") if text in json.dumps(line)]
    with pytest.raises(ConfigError, match="destroyed"):
        vault.open("record-1")


def test_it_is_found_by_the_picture_and_by_nothing_else(
    database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12")
    (entry,) = find(database, Asked(digest=DIGEST), SECRET)
    assert (entry["id"], entry["erased"], entry["bytes"]) == ("record-1", True, "destroyed")
    for asked in (Asked(url=ADDRESSES[0]), Asked(host="mirror.example"), Asked(prefix="https://mirror")):
        assert find(database, asked, SECRET) == []
    assert find(database, Asked(digest=DIGEST), None) == []
    again = erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 13")
    assert (again.ids, again.before) == ([], ["record-1"])


async def test_the_same_picture_seen_later_is_a_new_record(
    database: Database, ledger: ChainedLedger, vault: SealedVault, a_record: Made
) -> None:
    await asyncio.to_thread(
        lambda: erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12")
    )
    assert await vault.keep(a_record(BODY, "record-3"), BODY) == "record-3"
    assert vault.open("record-3") == BODY


def test_what_is_held_is_refused_and_the_others_are_erased(
    database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    hold(database, ledger, "record-1", user="eve", reason="claim 7/26")
    done = erase(database, ledger, vault, ["record-1", "record-2"], SECRET, user="eve", reason="request 12")
    assert (done.ids, done.held) == (["record-2"], {"record-1": "claim 7/26"})
    assert vault.open("record-1") == BODY


def test_what_expired_before_loses_its_addresses_too(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    vault.purge(utc_now() + timedelta(days=9))
    erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12")
    for text in (DIGEST, *ADDRESSES):
        assert text.encode() not in everything(home)


def test_releases_and_corrections_under_way_are_over(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    for id_, state in (("r-1", "waiting"), ("r-2", "granted")):
        sql = (
            "INSERT INTO releases (id, record, job, why, asked_by, asked, state)"
            " VALUES (?, 'record-1', ?, ?, 'eve', '', ?)"
        )
        change(database, sql, id_, id_, f"asked for {ADDRESSES[1]}", state)
    for record in ("record-1", "record-2"):  # of an older record of the same body, too
        change(
            database,
            "INSERT INTO corrections (digest, codings, record, by, why, at) VALUES (?, ?, ?, 'eve', 'a statue', '')",
            DIGEST, '["gzip"]' if record == "record-2" else "[]", record,
        )  # fmt: skip
    erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12")
    assert [tuple(each) for each in database.read("SELECT state, how, why FROM releases ORDER BY id")] == [
        ("withdrawn", "the record is erased", REMOVED)
    ] * 2
    for row in database.read("SELECT * FROM corrections"):
        assert is_trace(row["digest"])
        assert (bool(row["revoked"]), row["revoked_by"], row["why"]) == (True, "eve", "a statue")
    assert DIGEST.encode() not in everything(home)


async def test_running_gateways_hear_that_a_correction_is_over(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    gateway = Corrected(database)
    await gateway.start()
    sql = "INSERT INTO corrections (digest, codings, record, by, why, at) VALUES (?, '[]', 'record-1', 'eve', '', '')"
    try:
        await asyncio.to_thread(change, database, sql, DIGEST)
        async with asyncio.timeout(20):
            while not gateway.corrected(DIGEST, (), "acme"):  # noqa: ASYNC110 - the work is another thread's
                await asyncio.sleep(0.01)
            await asyncio.to_thread(
                lambda: erase(database, ledger, vault, ["record-1"], SECRET, user="eve", reason="request 12")
            )
            while gateway.corrected(DIGEST, (), "acme"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        await gateway.stop()


@pytest.mark.parametrize(
    ("user", "reason", "says"),
    [
        ("olaf", "request 12", "reviewer or an admin"),
        ("eve", "", "say why"),
        ("eve", f"of {ADDRESSES[0]}", "without the address"),
        ("eve", "of Mirror.Example", "without the address"),
        ("eve", f"of {DIGEST}", "without the address"),
        ("eve", f"of {REQUESTS[1]}", "without the address"),
    ],
)
def test_what_is_refused_changes_nothing(
    home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault, user: str, reason: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        erase(database, ledger, vault, ["record-1"], SECRET, user=user, reason=reason)
    assert vault.open("record-1") == BODY
    assert not [line for line in tail(home.ledger, 9) if line["event"] == "record-erased"]


def test_a_reason_that_tells_of_a_later_record_erases_none_before(
    database: Database, ledger: ChainedLedger, vault: SealedVault
) -> None:
    records = ["record-1", "record-2"]
    with pytest.raises(ConfigError, match="without the address"):
        erase(database, ledger, vault, records, SECRET, user="eve", reason="seen on elsewhere.example")
    assert vault.open("record-1") == BODY
    assert vault.open("record-2") == b"another"


def test_an_unknown_record(database: Database, ledger: ChainedLedger, vault: SealedVault) -> None:
    with pytest.raises(NotFound):
        erase(database, ledger, vault, ["ghost"], SECRET, user="eve", reason="request 12")
