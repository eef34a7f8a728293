"""What somebody may do with a job as it is, and why not what they may not: in the words of the refusal. Pure.

The desk asks again, in the transaction that does it; this is for those who want to know before.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from facegate.errors import Conflict, NotAllowed
from facegate.jobs import lifecycle
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import RegisteredJob

VERBS = ("change", "submit", "withdraw", "approve", "reject", "revoke", "token")


def may(job: RegisteredJob, by: Actor, now: datetime) -> Mapping[str, str]:
    """For each of VERBS "" where they may, else one line that says why not."""
    tries: Mapping[str, Callable[[], object]] = {
        "change": lambda: lifecycle.registered(job, job.job, by, now, draft=False),
        "submit": lambda: lifecycle.submitted(job, by, now),
        "withdraw": lambda: lifecycle.withdrawn(job, by, now, version=None),
        "approve": lambda: lifecycle.approved(job, by, now, version=None, seen=None, why=""),
        "reject": lambda: lifecycle.rejected(job, by, now, version=None, why=""),
        "revoke": lambda: lifecycle.revoked(job, by, now),
        "token": lambda: lifecycle.with_token(job, bytes(32), by, now, timedelta(0)),
    }
    return {verb: _refusal(tries[verb]) for verb in VERBS}


def _refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (Conflict, NotAllowed) as error:
        return str(error)
    return ""
