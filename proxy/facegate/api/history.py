"""What became of a job, told from its versions."""

from typing import Any

from facegate.jobs.record import RegisteredJob, VersionState

_DECIDED = {
    VersionState.IN_FORCE: "approved",
    VersionState.SUPERSEDED: "approved",
    VersionState.REJECTED: "rejected",
    VersionState.WITHDRAWN: "withdrawn",
}


def events(job: RegisteredJob) -> list[dict[str, Any]]:
    """The first one first."""
    found: list[dict[str, Any]] = []
    for it in job.versions:
        found.append({"at": it.at, "event": "registered", "version": it.number, "by": it.author, "why": ""})
        if it.decided is not None and it.state in _DECIDED:
            found.append(
                {"at": it.decided, "event": _DECIDED[it.state], "version": it.number, "by": it.decider, "why": it.why}
            )
    if job.revoked is not None:
        found.append({"at": job.revoked, "event": "revoked", "version": None, "by": None, "why": ""})
    return sorted(found, key=lambda it: it["at"])
