import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from facegate.errors import StateError
from facegate.state.database import Database
from facegate.state.jobs import register
from facegate.state.ledger import ChainedLedger
from facegate.state.rows import fingerprint, job_from_row, stamp
from facegate_addons.domain.job import Job, Live


def test_a_job_comes_back_as_it_went(database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]) -> None:
    job, _ = register(database, ledger, targeted())
    assert job_from_row(database.read("SELECT * FROM jobs")[0]) == job


def test_what_a_job_asks_for_comes_back_and_is_approved_with_it(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    job, _ = register(database, ledger, replace(targeted(), streams=Live.INSPECT, websocket=Live.INSPECT))
    assert job_from_row(database.read("SELECT * FROM jobs")[0]) == job
    assert fingerprint(job) != fingerprint(replace(job, streams=Live.REFUSE))
    assert fingerprint(job) != fingerprint(replace(job, websocket=Live.REFUSE))


@pytest.mark.parametrize(
    "alteration",
    [
        "scope = replace(scope, 'news.example', 'any.example')",
        "operator = 'mallory'",
        "max_releases = 5000",
        "expires = '2099-01-01T00:00:00+00:00'",
        "scope = '[]'",
    ],
)
def test_a_row_that_was_altered_behind_our_back_is_no_job(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job], alteration: str
) -> None:
    register(database, ledger, targeted())

    def tamper(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TRIGGER jobs_frozen")
        connection.execute("UPDATE jobs SET " + alteration)  # noqa: S608 - constants above

    database.write_now(tamper)
    with pytest.raises(StateError, match="revoke it"):
        job_from_row(database.read("SELECT * FROM jobs")[0])


def test_a_fingerprint_is_of_everything_but_the_state(targeted: Callable[..., Job]) -> None:
    job = targeted()
    assert fingerprint(job) != fingerprint(replace(job, purpose="another"))
    assert fingerprint(job) != fingerprint(replace(job, scope=replace(job.scope, hosts=("*.example",))))


def test_times_sort_as_text_whatever_their_zone() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    later = (noon + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-5)))
    assert stamp(noon) < stamp(later) < stamp(noon + timedelta(seconds=1))
