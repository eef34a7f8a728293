"""The tables themselves: what they refuse whoever writes, and how those of older versions come forward."""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import VersionState
from facegate.quarantine.rows import record_from_row
from facegate.state import jobs
from facegate.state.database import Database, connect, migrate
from facegate.state.home import Home
from facegate.state.registry import JobRegistry
from facegate.state.schema import APPLICATION_ID, MIGRATIONS, VERSION
from facegate.thresholds import Thresholds
from facegate_addons.domain.job import Job, JobState, Kind, Live
from facegate_addons.domain.model import utc_now

ROOT = Actor("os:root")


def test_a_new_database_has_the_latest_version(database: Database) -> None:
    assert database.read("SELECT max(version) FROM schema_version")[0][0] == VERSION


@pytest.mark.parametrize(
    "change",
    ["body = '{}'", "fingerprint = 'x'", "kind = 'group'", "author = 'eve'", "at = ''", "version = 2", "job = 'x'"],
)
def test_what_was_submitted_is_frozen_by_the_database_itself(
    database: Database, desk: Desk, targeted: Callable[..., Job], change: str
) -> None:
    desk.register(targeted(), ROOT)
    with pytest.raises(sqlite3.IntegrityError, match="frozen"):
        database.write_now(lambda c: c.execute("UPDATE job_versions SET " + change).rowcount)  # noqa: S608


@pytest.mark.parametrize("state", ["in-force", "superseded"])
def test_no_targeted_version_is_in_force_without_a_decider(
    database: Database, desk: Desk, targeted: Callable[..., Job], state: str
) -> None:
    desk.register(targeted(), ROOT)
    with pytest.raises(sqlite3.IntegrityError):
        database.write_now(lambda c: c.execute("UPDATE job_versions SET state = ?", (state,)).rowcount)


@pytest.mark.parametrize(("state", "decider"), [("in-force", "'eve'"), ("pending", "NULL"), ("draft", "NULL")])
def test_one_version_is_in_force_and_one_waits_at_most(
    database: Database, desk: Desk, targeted: Callable[..., Job], state: str, decider: str
) -> None:
    desk.register(targeted(), ROOT)
    copy = f"SELECT job, 2, body, 'f', kind, '{state}', author, at, {decider}, NULL, '' FROM job_versions"  # noqa: S608
    if state == "in-force":
        desk.approve("case", Actor("eve", "reviewer"))
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        database.write_now(lambda c: c.execute("INSERT INTO job_versions " + copy).rowcount)


def test_a_job_points_at_a_version_that_is_there(database: Database, desk: Desk) -> None:
    desk.register(Job("crawl", "acme", "p"), ROOT)
    for change in ("UPDATE jobs SET current = 2", "DELETE FROM job_versions"):
        with contextlib.closing(connect(database.path)) as connection, pytest.raises(sqlite3.IntegrityError):
            connection.execute(change)


def test_a_token_is_of_one_job(database: Database, desk: Desk) -> None:
    desk.register(Job("crawl", "acme", "p"), ROOT)
    for values in ("(SELECT hash FROM job_tokens), 'crawl', 2, NULL", "x'00', 'crawl', 2, NULL"):
        with pytest.raises(sqlite3.IntegrityError):
            database.write_now(
                lambda c, v=values: c.execute(f"INSERT INTO job_tokens VALUES ({v})").rowcount  # noqa: S608
            )


def test_the_log_of_changes_stays_short(database: Database) -> None:
    database.write_now(
        lambda c: c.executemany("INSERT INTO job_changes (job) VALUES (?)", ((str(n),) for n in range(10_100))).rowcount
    )
    assert tuple(database.read("SELECT count(*), min(seq), max(seq) FROM job_changes")[0]) == (10_000, 101, 10_100)


# --- version 2, as facegate wrote it then ---


def frozen_2(scope: dict[str, Any], live: dict[str, str]) -> dict[str, Any]:
    keys = ("kind", "subjects", "hosts", "legal_basis", "reference", "expires", "max_releases")
    bare: dict[str, Any] = {"subjects": [], "hosts": [], "legal_basis": "", "reference": ""}
    return {key: scope.get(key, bare.get(key)) for key in keys} | live


def compact_2(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def insert_2(
    connection: sqlite3.Connection,
    name: str,
    scope: dict[str, Any],
    state: str,
    *,
    operator: str = "acme",
    purpose: str = "p",
    live: dict[str, str] | None = None,
    approver: str | None = None,
    releases: int = 0,
) -> str:
    kept = frozen_2(scope, live or {})
    facts = {"id": name, "operator": operator, "purpose": purpose, "scope": kept}
    print_ = hashlib.sha256(compact_2(facts).encode()).hexdigest()
    at = "2026-01-01T00:00:00.000007+00:00"
    connection.execute(
        "INSERT INTO jobs (id, operator, purpose, scope, fingerprint, kind, expires, max_releases, releases, state,"
        " token_hash, registered, approved, approver, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(name, operator, purpose, compact_2(kept), print_, kept["kind"], kept["expires"], kept["max_releases"]),
            *(releases, state, hashlib.sha256(name.encode()).digest(), at, at if approver else None, approver),
            at if state == "revoked" else None,
        ),
    )
    return print_


HARD = 'a "quote", a \\ and\na line; \u00fc\u4f60 \U0001f600 \u2028 / <b> \x7f \' --'
ENDS = (utc_now() + timedelta(days=90)).replace(microsecond=0)
PERSON = {
    "kind": "individual", "subjects": ["c-1"], "hosts": ["news.example"], "legal_basis": HARD, "reference": "order",
    "expires": ENDS.isoformat(), "max_releases": 5,
}  # fmt: skip


@pytest.fixture
def old(home: Home) -> dict[str, str]:
    """A database of version 2 in this home; the fingerprints in it."""
    with contextlib.closing(sqlite3.connect(home.database, autocommit=True)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrate(home.database, MIGRATIONS[:2])
    home.database.chmod(0o600)
    with contextlib.closing(connect(home.database)) as c:
        fraction = (ENDS + timedelta(microseconds=250)).isoformat()
        return {
            "broad": insert_2(c, "broad", {"kind": "untargeted"}, "active"),
            "ends": insert_2(c, "ends", {"kind": "untargeted", "expires": ENDS.isoformat()}, "active"),
            "live": insert_2(
                c, "live", {"kind": "untargeted"}, "active", live={"streams": "inspect", "websocket": "inspect"}
            ),
            "waits": insert_2(c, "waits", PERSON, "pending"),
            "case": insert_2(
                c, "case", PERSON, "active", operator="STRASSE  \u00c4", purpose=HARD, approver="eve", releases=3
            ),
            "exact": insert_2(c, "exact", PERSON | {"expires": fraction}, "active", approver="eve"),
            "gone": insert_2(c, "gone", PERSON, "revoked", approver="eve"),
            "never": insert_2(c, "never", PERSON, "revoked"),
        }


def test_jobs_of_version_2_are_what_they_were(home: Home, old: dict[str, str]) -> None:
    with Database.open(home.database) as database:
        page = jobs.list_jobs(database)
        assert page.damaged == []
        found = {job.id: job for job in page.jobs}
        assert {name: job.current.fingerprint for name, job in found.items()} == old
        assert {name: (str(job.state), str(job.current.state)) for name, job in found.items()} == {
            "broad": ("active", "in-force"),
            "case": ("approved", "in-force"),
            "ends": ("active", "in-force"),
            "exact": ("approved", "in-force"),
            "gone": ("revoked", "in-force"),
            "live": ("active", "in-force"),
            "never": ("revoked", "pending"),
            "waits": ("pending", "pending"),
        }
        case = found["case"]
        assert (case.operator, case.job.purpose, case.job.scope.legal_basis) == ("STRASSE  \u00c4", HARD, HARD)
        assert (case.spent.releases, case.current.decider, case.current.author) == (3, "eve", "not recorded")
        assert case.job.scope.kind is Kind.INDIVIDUAL
        assert case.registered == datetime(2026, 1, 1, 0, 0, 0, 7, UTC)
        assert (found["live"].job.streams, found["live"].job.websocket) == (Live.INSPECT, Live.INSPECT)
        assert found["exact"].job.scope.expires == ENDS + timedelta(microseconds=250)
        assert [job.id for job in jobs.list_jobs(database, operator="stra\u00dfe \u00e4").jobs] == ["case"]
        assert not database.read("PRAGMA foreign_key_check")


async def test_a_gateway_opens_all_of_them(home: Home, old: dict[str, str]) -> None:
    with Database.open(home.database) as database:
        registry = JobRegistry(database, None, b"", Thresholds)  # type: ignore[arg-type]
        for name in old:
            job = await registry.get(name)
            assert job is not None, name
            assert await registry.authenticate(name, name) == job
            assert job.may_crawl(utc_now()) == (name not in ("gone", "never"))
        case = await registry.get("case")
        assert case is not None
        assert case.in_force(utc_now())


def test_their_life_goes_on(home: Home, old: dict[str, str], desk: Desk) -> None:
    job = desk.show("waits").job
    assert desk.register(job, ROOT).change == "unchanged"
    assert desk.approve("waits", Actor("eve", "reviewer"), seen=old["waits"]).job.state is JobState.APPROVED
    case = desk.show("case").job
    changed = desk.register(Job("case", case.operator, "narrower", case.scope), ROOT).job
    assert [v.state for v in changed.versions] == [VersionState.IN_FORCE, VersionState.PENDING]


def test_what_fails_on_the_way_leaves_the_old_file(home: Home, old: dict[str, str]) -> None:
    with pytest.raises(sqlite3.Error):
        migrate(home.database, (*MIGRATIONS[:3], "CREATE TABLE jobs (x);"))
    with contextlib.closing(connect(home.database, "ro")) as connection:
        assert connection.execute("SELECT max(version) FROM schema_version").fetchone()[0] == 2
        assert connection.execute("SELECT count(*) FROM jobs").fetchone()[0] == len(old)


def test_a_record_of_the_first_version_has_no_detail(home: Home) -> None:
    with contextlib.closing(sqlite3.connect(home.database, autocommit=True)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrate(home.database, MIGRATIONS[:1])
    with contextlib.closing(connect(home.database)) as old:
        old.execute(
            "INSERT INTO records (id, job, url, host, digest, size, content_type, codings, reason, findings, faces,"
            " versions, at, expires, state, wrapped_key) VALUES ('r', 'j', '', '', '', 0, '', '[]', 'faces', '[]', 0,"
            " '{}', '2026-01-01T00:00:00+00:00', '2027-01-01T00:00:00+00:00', 'open', x'00')"
        )
    with Database.open(home.database) as database:
        assert record_from_row(database.read("SELECT * FROM records")[0]).detail == ""


def test_records_of_version_5_come_forward_one_a_body(home: Home) -> None:
    with contextlib.closing(sqlite3.connect(home.database, autocommit=True)) as c:
        c.execute(f"PRAGMA application_id={APPLICATION_ID}")
    migrate(home.database, MIGRATIONS[:5])
    with contextlib.closing(connect(home.database)) as c:
        c.execute("INSERT INTO settings VALUES ('master-key', '0123456789abcdef0000')")
        for name, digest, state, key in (
            ("record-1", "d1", "open", b"k"),
            ("record-2", "d1", "released", b"k"),  # the same body: each was a record of its own
            ("record-3", "d2", "expired", None),
        ):
            c.execute(
                "INSERT INTO records (id, job, url, host, digest, size, content_type, codings, reason, findings, faces,"
                " versions, at, expires, state, wrapped_key) VALUES (?, 'crawl', '', 'x.example', ?, 1,"
                " 'image/png', '[]', 'faces', '[]', 0, '{}', '2026-01-01', '2026-01-09', ?, ?)",
                (name, digest, state, key),
            )
            c.execute(
                "INSERT INTO history (record, at, event, user, note, job) VALUES (?, '2026', 'withheld', '', '', '')",
                (name,),
            )
    with Database.open(home.database) as database:
        found = database.read("SELECT seq, id, state, gone, key_id, sightings, at = last FROM records ORDER BY seq")
        assert [tuple(row) for row in found] == [
            (1, "record-1", "open", None, "0123456789abcdef", 1, 1),
            (2, "record-2", "released", None, "0123456789abcdef", 1, 1),
            (3, "record-3", "expired", "2026-01-09", None, 1, 1),
        ]
        assert [tuple(row) for row in database.read("SELECT digest, record FROM bodies")] == [("d1", 2)]
        assert [(row[0], row[1]) for row in database.read("SELECT record, request FROM sightings")] == [
            *((1, ""), (2, ""), (3, "")),
        ]
        assert [row[0] for row in database.read("SELECT record FROM record_jobs")] == [1, 2, 3]
        assert len(database.read("SELECT 1 FROM history h JOIN records r ON r.id = h.record")) == 3
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN"):
            database.write_now(
                lambda c: c.execute("INSERT INTO history VALUES (99, 'ghost', '', '', '', '', '')").rowcount
            )
