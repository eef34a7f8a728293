"""Job files against what is registered: what they would change, and the doing of it."""

import sqlite3
from collections.abc import Iterable

from facegate_addons.domain.model import utc_now

from facegate.errors import Altered, Conflict, NotAllowed
from facegate.jobs.declared import AUTHOR, Declared, actor
from facegate.jobs.desk import TAKEN_OVER, Desk
from facegate.jobs.diff import DOES_SOMETHING, Difference, difference, gone, refused
from facegate.jobs.lifecycle import may_bring_token
from facegate.state import jobs as rows
from facegate.state.database import Database
from facegate.state.registry import LOCAL_JOB

ANOTHERS = "token_sha256 is that of another job's token; make a token for each job"


def planned(database: Database, declared: Declared) -> Difference:
    """What applying it would do. Changes nothing."""

    def look(connection: sqlite3.Connection) -> Difference:
        job, token = declared.job, declared.token_hash
        if job is None:
            return refused(declared, *declared.problems)
        if job.id == LOCAL_JOB.id:
            return refused(declared, f"the id {job.id!r} is built in; choose another")
        if token is not None and rows.token_holder(connection, token) not in (None, job.id):
            return refused(declared, ANOTHERS)
        before = rows.load(connection, job.id) if rows.exists(connection, job.id) else None
        held = set() if before is None else {kept.hash for kept in before.tokens}
        new = token is not None and token not in held and not rows.was_brought(connection, job.id, token)
        if new and before is not None and not may_bring_token(before, actor(declared)):
            return refused(declared, TAKEN_OVER.format(job.id))
        return difference(before, declared, utc_now(), new_token=new)

    try:
        return database.look(look)
    except Altered as error:
        return refused(declared, str(error))


def applied(desk: Desk, declared: Declared, via: str = "file") -> Difference:
    """Do it; what it comes to. A file approves nothing: what it says of a targeted job waits."""
    found = planned(desk.database, declared)
    if declared.job is None or found.outcome not in DOES_SOMETHING:
        return found
    try:
        desk.register(declared.job, actor(declared, via), token=False, token_hash=declared.token_hash)
    except (Conflict, NotAllowed, Altered) as error:  # somebody was quicker
        return refused(declared, str(error))
    return found


def without_file(database: Database, declared: Iterable[Declared]) -> list[Difference]:
    """The jobs that a file declared once, and none does now."""
    return gone(database.look(lambda connection: rows.written_by(connection, AUTHOR)), declared)
