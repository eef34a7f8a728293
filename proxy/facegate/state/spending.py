"""What a response takes from its job's budgets: one transaction, so that the counts are exact."""

import sqlite3
from datetime import datetime

from facegate_addons.domain.job import JobState, Scope, Spending
from facegate_addons.domain.ports import Ledger
from facegate_addons.domain.reasons import Reason

from facegate.jobs.lifecycle import is_exhausted
from facegate.jobs.record import Spent
from facegate.state import accumulation
from facegate.state import jobs as rows
from facegate.thresholds import Thresholds


def spend(
    connection: sqlite3.Connection,
    ledger: Ledger,
    job_id: str,
    spending: Spending,
    thresholds: Thresholds,
    now: datetime,
) -> Reason | None:
    """None when all of it was taken, else why nothing was. Runs inside the writer's transaction. Raises Altered."""
    found = rows.current(connection, job_id)
    if found is None or not found[0].in_force(now):
        return Reason.FACES  # revoked or replaced since it was asked: no scope, no release
    job, before, operator = found
    if spending.version not in (0, job.version):
        return Reason.FACES  # another version came into force since: its scope was not asked
    after = _plus(before, spending)
    if not _within(job.scope, after):
        if job.state is not JobState.EXHAUSTED and is_exhausted(job.scope, before):
            _exhausted(connection, ledger, job_id, before)
        return Reason.BUDGET_SPENT
    if spending.releases and not accumulation.count_release(connection, ledger, operator, spending, thresholds, now):
        return Reason.ACCUMULATION
    connection.execute(
        "UPDATE jobs SET releases = ?, faces = ?, responses = ?, bytes = ? WHERE id = ?",
        (after.releases, after.faces, after.responses, after.bytes, job_id),
    )
    if is_exhausted(job.scope, after):
        _exhausted(connection, ledger, job_id, after)
    return None


def _exhausted(connection: sqlite3.Connection, ledger: Ledger, job_id: str, spent: Spent) -> None:
    counts = {"releases": spent.releases, "faces": spent.faces, "responses": spent.responses, "bytes": spent.bytes}
    ledger.append({"event": "job-exhausted", "job": job_id, "by": "facegate", **counts})
    connection.execute("UPDATE jobs SET state = 'exhausted' WHERE id = ?", (job_id,))


def _plus(spent: Spent, spending: Spending) -> Spent:
    return Spent(
        spent.releases + spending.releases,
        spent.faces + spending.faces,
        spent.responses + spending.responses,
        spent.bytes + spending.bytes,
    )


def _within(scope: Scope, spent: Spent) -> bool:
    pairs = (
        (scope.max_releases, spent.releases),
        (scope.max_faces, spent.faces),
        (scope.max_responses, spent.responses),
        (scope.max_bytes, spent.bytes),
    )
    return all(most is None or used <= most for most, used in pairs)
