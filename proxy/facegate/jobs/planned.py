"""What registering a job would do. Changes nothing, and refuses what the desk refuses."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import utc_now

from facegate.errors import Conflict
from facegate.jobs import lifecycle
from facegate.jobs.comparison import Comparison, compared
from facegate.jobs.desk import Change
from facegate.jobs.lifecycle import Actor
from facegate.jobs.questionnaire import Assessment, assess
from facegate.jobs.record import RegisteredJob, Version
from facegate.state import jobs as rows
from facegate.state.database import Database
from facegate.state.registry import LOCAL_JOB


@dataclass(frozen=True, slots=True)
class Planned:
    """`latest`: the version that `comparison` compares with, None for a job that is new."""

    change: Change
    before: RegisteredJob | None
    after: RegisteredJob
    latest: Version | None
    comparison: Comparison
    assessment: Assessment


def planned(
    database: Database,
    job: Job,
    by: Actor,
    *,
    draft: bool = False,
    check: Callable[[RegisteredJob | None], None] = lambda before: None,
) -> Planned:
    """Raises what the desk would. `check`: as there."""

    def look(connection: sqlite3.Connection) -> Planned:
        if job.id == LOCAL_JOB.id:
            raise Conflict(f"the id {job.id!r} is built in; choose another")
        before = rows.load(connection, job.id) if rows.exists(connection, job.id) else None
        check(before)
        after = lifecycle.registered(before, job, by, utc_now(), draft=draft)
        change = Change.CREATED if before is None else Change.UNCHANGED if after == before else Change.CHANGED
        latest = (before.waiting or before.current) if before is not None else None
        comparison = compared(latest.job if latest else None, job)
        return Planned(change, before, after, latest, comparison, assess(job))

    return database.look(look)
