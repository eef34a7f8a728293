"""Letting a record through to one job, once: asked for by one person, and by a second one where it takes two.

One reviewer is enough for a targeted job whose approved scope holds the URL, and whose budgets and operator's
accumulation are not used up: what they let through is what two people approved before. Everything else takes two.
"""

import re
import uuid
from urllib.parse import urlsplit

from facegate_addons.domain.job import Job, JobState, Spending
from facegate_addons.domain.scope import Asked, in_scope

from facegate.errors import Conflict, NotAllowed
from facegate.jobs.lifecycle import REVIEWERS, SYSTEM
from facegate.jobs.record import operator_key
from facegate.moments import stamp
from facegate.quarantine import lifecycle
from facegate.quarantine.delivery import take
from facegate.quarantine.entries import Release
from facegate.quarantine.lifecycle import RELEASED, Verb
from facegate.quarantine.work import Work
from facegate.state.spending import spend
from facegate.thresholds import Thresholds

UNDER_WAY = ("waiting", "granted")
LOOKED_AT = 1_000  # sightings of a record, the newest: is one of them inside the scope?
_PORTS = {"http": 80, "https": 443}
_NO_TARGET = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)


def ask(work: Work, record_id: str, why: str, job_id: str | None, expected: str | None, seen: int | None) -> Release:
    lifecycle.may_decide(work.by)
    row = work.record(record_id, expected, seen)
    lifecycle.decide(work.standing(row), Verb.RELEASE)
    job = work.job(row["job"] if job_id is None else job_id)
    _may_receive(work, job, work.by.name)
    under_way = work.connection.execute(
        "SELECT state, asked_by FROM releases WHERE record = ? AND job = ? AND ended IS NULL", (record_id, job.id)
    ).fetchone()
    if under_way is not None:
        raise Conflict(
            f"record {record_id}: a release to {job.id!r} is {under_way['state']} already, asked for by "
            f"{under_way['asked_by']}"
        )
    alone = work.by.role in REVIEWERS and _holds(work, job, row["seq"])
    asked = Release(
        *(uuid.uuid4().hex, record_id, job.id, why, work.by.name, stamp(work.now), None, None),
        *("granted" if alone else "waiting", None, ""),
    )
    facts = {"release": asked.id, "kind": str(job.scope.kind)}
    work.tell(row, "released" if alone else "release-asked", why, job.id, **facts)
    work.connection.execute(
        "INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tuple(asked.as_json().values())
    )
    if alone:
        work.set_state(row, RELEASED)
    return asked


def second(work: Work, of: str, why: str, job_id: str | None) -> Release:
    lifecycle.named(work.by)
    found = work.release(of, job_id, ("waiting",))
    if found.state != "waiting":
        raise Conflict(f"release {found.id} is {found.state}; it does not wait for a second person")
    row = work.record(found.record)
    lifecycle.decide(work.standing(row), Verb.RELEASE)
    if operator_key(found.asked_by.removeprefix(SYSTEM)) == operator_key(work.by.name):
        raise NotAllowed(f"{work.by.name} asked for this release; another person has to second it")
    _may_receive(work, work.job(found.job), work.by.name)
    work.tell(row, "released", why or found.why, found.job, release=found.id, asked_by=found.asked_by)
    work.connection.execute(
        "UPDATE releases SET state = 'granted', seconded_by = ?, seconded = ? WHERE id = ?",
        (work.by.name, stamp(work.now), found.id),
    )
    work.set_state(row, RELEASED)
    return work.release(found.id, None, ())


def withdraw(work: Work, of: str, why: str, job_id: str | None) -> Release:
    """The record is open again when no other release of it stands."""
    lifecycle.may_decide(work.by)
    found = work.release(of, job_id, UNDER_WAY)
    if found.state not in UNDER_WAY:
        raise Conflict(f"release {found.id} is {found.state}; it cannot be withdrawn")
    row = work.record(found.record)
    work.tell(row, "release-withdrawn", why, found.job, release=found.id)
    end(work, found.id, why)
    stands = work.connection.execute(
        "SELECT 1 FROM releases WHERE record = ? AND state IN ('granted', 'delivered')", (found.record,)
    ).fetchone()
    if row["state"] == RELEASED and stands is None and row["gone"] is None:
        work.set_state(row, lifecycle.OPEN)
    return work.release(found.id, None, ())


def withdraw_all(work: Work, record_id: str, why: str) -> None:
    for row in work.connection.execute("SELECT id FROM releases WHERE record = ? AND ended IS NULL", (record_id,)):
        end(work, row["id"], why)


def end(work: Work, release_id: str, why: str) -> None:
    how = f"by {work.by.name}: {why}" if why else f"by {work.by.name}"
    work.connection.execute(
        "UPDATE releases SET state = 'withdrawn', ended = ?, how = ? WHERE id = ?", (stamp(work.now), how, release_id)
    )


def deliver_by_export(work: Work, release_id: str, thresholds: Thresholds) -> None:
    """Marks it, once: of two at the same time one is refused. What was granted may be so no more: the job is asked
    again, and inside a targeted scope it takes from the budgets like any face that passes."""
    lifecycle.may_decide(work.by)
    found = work.release(release_id, None, ("granted",))
    if work.standing(work.record(found.record)).over:
        raise Conflict(f"record {found.record} has expired; it can no longer be delivered")
    if found.state == "granted":
        _pay(work, found, thresholds)
    if not take(work.connection, work.ledger, found.id, "export", work.by.name, work.now):
        ended = f" since {found.ended[:19]} ({found.how})" if found.ended else ""
        raise Conflict(f"release {found.id} is {found.state}{ended}; there is nothing to deliver")
    work.noted += 1


def _may_receive(work: Work, job: Job, person: str) -> None:
    """Nobody lets anything through to a job of their own, nor to one that crawls no more."""
    if work.runs(job):
        raise NotAllowed(f"{person} runs job {job.id!r}; another person has to release to it")
    if not job.may_crawl(work.now):
        raise Conflict(f"job {job.id!r} is {job.state}; nothing is released to it")
    held = work.connection.execute(
        "SELECT held FROM operators WHERE key = ? AND held IS NOT NULL", (operator_key(job.operator),)
    ).fetchone()
    if held is not None:
        raise Conflict(
            f"the releases of {job.operator!r} are stopped since {held['held'][:10]}; "
            f"`facegate accumulation show {job.operator!r}` says why"
        )


def _pay(work: Work, release: Release, thresholds: Thresholds) -> None:
    job, row = work.job(release.job), work.record(release.record)
    _may_receive(work, job, work.by.name)
    if _holds(work, job, row["seq"]):
        spending = Spending(row["size"], max(1, row["faces"]), version=job.version)
        why = spend(work.connection, work.ledger, job.id, spending, thresholds, work.now)
        if why is not None:
            raise Conflict(f"job {job.id!r}: {why}; nothing is delivered to it until that is mended")
    elif release.seconded_by is None:
        raise Conflict(
            f"release {release.id} was granted by one person, and job {job.id!r} is {job.state} or its scope does not "
            "hold this any more; withdraw it and ask again: it takes two"
        )


def _holds(work: Work, job: Job, seq: int) -> bool:
    """Is the job targeted and approved, and did it meet the record inside its scope, at a URL that is there still? By
    what the gate saw then: the URL alone does not tell by which names the origin was asked."""
    if job.state is not JobState.APPROVED:
        return False
    seen = work.connection.execute(
        "SELECT url FROM sightings WHERE record = ? AND job = ? AND inside = 1 ORDER BY seq DESC LIMIT ?",
        (seq, job.id, LOOKED_AT),
    ).fetchall()
    return any(
        (asked := asked_for(it)) is not None and in_scope(job, asked, work.now) for it in {row["url"] for row in seen}
    )


def asked_for(url: str) -> Asked | None:
    """The request that a URL stands for, as scopes see it; None for what is no URL. How it was asked is not kept: GET
    is what a crawler does."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if not parts.hostname or not port:
        return None
    target = _NO_TARGET.sub("", url).partition("#")[0]
    return Asked(frozenset({parts.hostname}), port, "GET", target if target.startswith("/") else f"/{target}")
