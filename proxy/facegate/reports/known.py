"""What the database knows beside the ledger: jobs with their versions and papers, records, and what jobs add up to."""

import sqlite3
from typing import Any

from facegate_addons.domain.model import utc_now

from facegate.errors import Altered, NotFound
from facegate.jobs.questionnaire import assess
from facegate.jobs.record import RegisteredJob
from facegate.moments import stamp
from facegate.reports.lines import Asked
from facegate.state import jobs as rows
from facegate.state import standing
from facegate.state.database import Database
from facegate.state.registry import LOCAL_JOB
from facegate.thresholds import Thresholds

TOLD = 200  # jobs, and operators, that are told one by one


def job_facts(database: Database, asked: Asked) -> dict[str, Any]:
    """The job that was asked for, or every targeted one; how many there are, by kind and state. Raises NotFound."""
    if asked.job == LOCAL_JOB.id:
        return {"counts": [], "told": [], "more": 0, "altered": []}
    return database.look(lambda connection: _jobs(connection, asked.job))


def record_facts(database: Database, asked: Asked) -> dict[str, Any]:
    """Withheld bodies that are first of this time, by what a person decided of them; and what waits, whenever seen."""
    join, of_job = _of_job(asked.job)
    where, values = _within("r.at", asked)
    sql = (
        f"SELECT r.state, r.reason, r.gone IS NOT NULL AS gone, count(*) AS n FROM records r{join}"  # noqa: S608
        f" WHERE {where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    waits = f"SELECT count(*) AS n, min(r.at) AS oldest FROM records r{join} WHERE r.state = 'open'"  # noqa: S608
    held = f"SELECT count(*) AS n FROM records r{join} WHERE r.hold IS NOT NULL"  # noqa: S608
    bytes_kept = f"SELECT count(*) AS n FROM records r{join} WHERE r.wrapped_key IS NOT NULL"  # noqa: S608

    def read(connection: sqlite3.Connection) -> dict[str, Any]:
        found = connection.execute(sql, (*of_job, *values)).fetchall()
        waiting = connection.execute(waits, of_job).fetchone()
        return {
            "first_seen": [dict(row) | {"gone": bool(row["gone"])} for row in found],
            "open_now": {"records": waiting["n"], "oldest": waiting["oldest"]},
            "held_now": connection.execute(held, of_job).fetchone()["n"],
            "bytes_kept_now": connection.execute(bytes_kept, of_job).fetchone()["n"],
            "corrections": _corrections(connection, asked),
            "releases": _releases(connection, asked),
        }

    return database.look(read)


def false_positives(database: Database) -> frozenset[str]:
    """Ids of the records that a person found no face in."""
    return frozenset(row["id"] for row in database.read("SELECT id FROM records WHERE state = 'false-positive'"))


def accumulation_facts(database: Database, asked: Asked, thresholds: Thresholds) -> dict[str, Any]:
    """What each operator's targeted jobs add up to at the end; of a job its operator's account."""
    allowed = {name: getattr(thresholds, name) for name in Thresholds.__dataclass_fields__ if name != "window"}
    rule = {"window_days": thresholds.window.days, "allowed": allowed, "at": stamp(utc_now())}
    if asked.job is None:
        page = standing.list_operators(database, thresholds, limit=TOLD)
        return {**rule, "operators": [it.as_json() for it in page.standings], "more": page.next is not None}
    found = database.read("SELECT operator FROM jobs WHERE id = ?", (asked.job,))
    try:
        account = standing.account_of(database, found[0]["operator"], thresholds) if found else None
    except NotFound:  # none of its operator's targeted jobs was ever approved
        account = None
    return {**rule, "operators": [account.standing.as_json()] if account else [], "more": False}


def _jobs(connection: sqlite3.Connection, job_id: str | None) -> dict[str, Any]:
    counts = connection.execute(
        "SELECT v.kind, j.state, count(*) AS jobs FROM jobs j JOIN job_versions v ON v.job = j.id"
        " AND v.version = j.current WHERE ?1 IS NULL OR j.id = ?1 GROUP BY 1, 2 ORDER BY 1, 2",
        (job_id,),
    ).fetchall()
    ids = [job_id] if job_id is not None else _targeted(connection)
    told, altered = [], []
    for each in ids[:TOLD]:
        try:
            told.append(_told(rows.load(connection, each)))
        except Altered as error:
            altered.append(str(error))
    return {
        "counts": [dict(row) for row in counts],
        "told": told,
        "more": max(0, len(ids) - TOLD),
        "altered": altered,
    }


def _targeted(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT DISTINCT job FROM job_versions WHERE kind <> 'untargeted' ORDER BY job")
    return [row["job"] for row in found]


def _told(job: RegisteredJob) -> dict[str, Any]:
    facts = job.as_json(versions=True)
    names = ("id", "operator", "state", "version", "waiting", "spent", "registered", "revoked", "versions")
    assessments = {version.number: assess(version.job).as_json() for version in job.versions}
    versions = [it | {"assessment": assessments[it["version"]]} for it in facts["versions"]]
    return {name: facts[name] for name in names} | {"versions": versions}


def _corrections(connection: sqlite3.Connection, asked: Asked) -> dict[str, int]:
    join, of_job = _of_job(asked.job)
    made, values = _within("c.at", asked)
    ended, more = _within("c.revoked", asked)
    row = connection.execute(
        f"SELECT count(*) FILTER (WHERE {made}) AS made, count(*) FILTER (WHERE c.revoked IS NOT NULL AND {ended})"  # noqa: S608
        f" AS revoked, count(*) FILTER (WHERE c.revoked IS NULL) AS in_force"
        f" FROM corrections c JOIN records r ON r.id = c.record{join}",
        (*values, *more, *of_job),
    ).fetchone()
    return dict(row)


def _releases(connection: sqlite3.Connection, asked: Asked) -> dict[str, int]:
    """By their state now, of those that were asked for in this time."""
    where, values = _within("asked", asked)
    found = connection.execute(
        f"SELECT state, count(*) AS n FROM releases WHERE {where} AND (? IS NULL OR job = ?) GROUP BY 1 ORDER BY 1",  # noqa: S608
        (*values, asked.job, asked.job),
    )
    return {row["state"]: row["n"] for row in found}


def _of_job(job: str | None) -> tuple[str, tuple[str, ...]]:
    return (" JOIN record_jobs j ON j.record = r.seq AND j.job = ?", (job,)) if job is not None else ("", ())


def _within(column: str, asked: Asked) -> tuple[str, tuple[str, ...]]:
    wheres, values = ["1"], list[str]()
    for condition, at in ((f"{column} >= ?", asked.since), (f"{column} < ?", asked.until)):
        if at is not None:
            wheres.append(condition)
            values.append(stamp(at))
    return " AND ".join(wheres), tuple(values)
