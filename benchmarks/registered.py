"""A home with any number of registered jobs, made in bulk: each tenth targeted and approved, the others untargeted."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from facegate.jobs.document import compact, fingerprint, job_document
from facegate.jobs.record import operator_key
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.totals import domain_of
from facegate_addons.domain.job import Job, Kind, Scope

TARGETED = 10  # each so many-th
OPERATORS = 1_000
_AT, _EXPIRES = "2026-01-01T00:00:00.000000+00:00", datetime(2099, 1, 1, tzinfo=UTC)
_END = _EXPIRES.isoformat(timespec="microseconds")
_BATCH = 10_000


def job(number: int) -> Job:
    operator = f"Operator {number // TARGETED % OPERATORS}"
    if number % TARGETED:
        return Job(job_id(number), operator, "an index of pages")
    scope = Scope(
        Kind.INDIVIDUAL,
        subjects=(f"person {number}",),
        hosts=(f"site-{number}.example", f"*.site-{number}.example"),
        paths=("/news/", "/people/*/photos/"),
        legal_basis="consent of the person",
        reference=f"file {number}",
        expires=_EXPIRES,
    )
    return Job(job_id(number), operator, "pictures of one person who asked for it", scope)


def job_id(number: int) -> str:
    return f"job-{number:07}"


def token(number: int) -> str:
    return f"token-of-job-{number}"


_UNTARGETED = job_document(job(1))  # a million of them differ in their ids and operators


def fill(home: Home, size: int) -> None:
    """The same rows as registering and approving one by one would leave, but for the log of changes."""
    Database.open(home.database).close()
    with contextlib.closing(sqlite3.connect(home.database, autocommit=True)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("BEGIN")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        operators = sorted(
            {operator_key(job(number).operator) for number in range(0, min(size, TARGETED * OPERATORS), TARGETED)}
        )
        connection.executemany("INSERT INTO operators (key) VALUES (?)", [(key,) for key in operators])
        for numbers in batched(range(size), _BATCH, strict=False):
            _insert(connection, [job(number) for number in numbers])
        hashes = sorted((hashlib.sha256(token(n).encode()).digest(), job_id(n)) for n in range(size))
        connection.executemany("INSERT INTO job_tokens VALUES (?, ?, 1, NULL)", hashes)
        connection.execute("INSERT INTO job_list SELECT * FROM job_list_now")
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _insert(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    connection.executemany(
        "INSERT INTO jobs (id, operator, operator_key, state, current, expires, registered)"
        " VALUES (?, ?, ?, ?, 1, ?, ?)",
        [
            (j.id, j.operator, operator_key(j.operator), "approved" if _targeted(j) else "active", _expires(j), _AT)
            for j in jobs
        ],
    )
    connection.executemany(
        "INSERT INTO job_versions VALUES (?, 1, ?, ?, ?, 'in-force', 'ann', ?, ?, ?, '')", map(_version, jobs)
    )
    connection.executemany(
        "INSERT INTO operator_parts VALUES (?, ?, ?, ?, 0, ?, ?)", [part for j in jobs for part in _parts(j)]
    )


def _version(made: Job) -> tuple[Any, ...]:
    document = job_document(made) if _targeted(made) else {**_UNTARGETED, "id": made.id, "operator": made.operator}
    body = compact(document)
    decided = ("eve", _AT) if _targeted(made) else (None, None)
    return made.id, body, fingerprint(body), str(made.scope.kind), _AT, *decided


def _parts(made: Job) -> Iterator[tuple[str, ...]]:
    key = operator_key(made.operator)
    for subject in made.scope.subjects:
        yield key, "subject", operator_key(subject), made.id, _AT, _END
    for host in {domain_of(host) for host in made.scope.hosts}:
        yield key, "host", host, made.id, _AT, _END


def _targeted(made: Job) -> bool:
    return made.scope.kind is not Kind.UNTARGETED


def _expires(made: Job) -> str | None:
    return _END if _targeted(made) else None
