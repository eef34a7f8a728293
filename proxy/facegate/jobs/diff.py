"""What a job file would change of what is registered. Pure: the dry run and the doing of it decide by this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from facegate.errors import Conflict, NotAllowed
from facegate.jobs.changes import KeyChange, key_changes
from facegate.jobs.declared import AUTHOR, Declared, actor
from facegate.jobs.document import same_job
from facegate.jobs.lifecycle import registered
from facegate.jobs.record import RegisteredJob, VersionState


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "new version"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    GONE = "no file any more"  # told, and nothing else: a job is revoked by a person


DOES_SOMETHING = (Outcome.CREATED, Outcome.CHANGED)


@dataclass(frozen=True, slots=True)
class Difference:
    file: str
    job: str | None
    outcome: Outcome
    changes: tuple[KeyChange, ...] = ()
    problems: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "job": self.job,
            "outcome": str(self.outcome),
            "changes": [{"key": change.key, "old": change.old, "new": change.new} for change in self.changes],
            "problems": list(self.problems),
            "note": self.note,
        }


def difference(before: RegisteredJob | None, declared: Declared, now: datetime, *, new_token: bool) -> Difference:
    """`new_token`: would the file bring a token that the job does not have?"""
    job = declared.job
    if job is None:
        return refused(declared, *declared.problems)
    try:
        after = registered(before, job, actor(declared), now, draft=False)
    except (Conflict, NotAllowed) as error:
        return refused(declared, str(error))
    if before is None:
        return Difference(declared.file, job.id, Outcome.CREATED, key_changes(None, job))
    token = (KeyChange("token_sha256", "another", "of the file"),) if new_token else ()
    newest = before.versions[-1]
    if newest.state is VersionState.REJECTED and same_job(newest.job, job):
        note = f"version {newest.number} says this, and was rejected{f': {newest.why}' if newest.why else ''}"
        return Difference(declared.file, job.id, Outcome.UNCHANGED, note=note)
    latest = before.waiting or before.in_force or newest
    changes = () if after == before else key_changes(latest.job, job)
    if after != before and not changes:
        changes = (KeyChange("state", str(latest.state), str((after.waiting or after.current).state)),)
    outcome = Outcome.CHANGED if changes or token else Outcome.UNCHANGED
    return Difference(declared.file, job.id, outcome, changes + token)


def refused(declared: Declared, *problems: str) -> Difference:
    return Difference(declared.file, declared.job.id if declared.job else None, Outcome.REFUSED, problems=problems)


def gone(authors: Mapping[str, str], declared: Iterable[Declared]) -> list[Difference]:
    """`authors`: who wrote the newest version of each job. Those that a file wrote which is not there any more, and
    that no other file tells of."""
    found, note = list(declared), "stays as it is; `facegate job revoke` ends it"
    ids, files = {one.job.id for one in found if one.job}, {one.author for one in found}
    return [
        Difference(author.removeprefix(AUTHOR), job_id, Outcome.GONE, note=note)
        for job_id, author in sorted(authors.items())
        if author.startswith(AUTHOR) and author not in files and job_id not in ids
    ]
