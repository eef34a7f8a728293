"""A job as plain JSON, in the shape of a job file, and back. What equals its default is left out, so that a later key
changes no fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from facegate_addons.domain.job import Conditions, Hours, Job, JobState, Kind, Live, Outside, Purpose, Scope, Source

_BARE = Job("", "")
_LISTS = ("subjects", "hosts", "paths", "ports", "methods")
_BUDGETS = ("max_releases", "max_faces", "max_responses", "max_bytes")


def job_document(job: Job) -> dict[str, Any]:
    """Everything an approver decides on: who, what for, and the whole scope. State and version are not of it."""
    scope = job.scope
    facts: dict[str, Any] = {"kind": str(scope.kind)}
    facts |= {name: list(getattr(scope, name)) for name in _LISTS}
    facts |= {name: getattr(scope, name) for name in ("legal_basis", "reference", *_BUDGETS)}
    facts |= {name: at.isoformat() for name in ("begins", "expires") if (at := getattr(scope, name)) is not None}
    if scope.hours is not None:
        facts["hours"] = f"{scope.hours.begins:%H:%M}-{scope.hours.ends:%H:%M}"
    if scope.outside is not _BARE.scope.outside:
        facts["outside"] = str(scope.outside)
    return {
        "id": job.id,
        "operator": job.operator,
        "purpose": job.purpose,
        **{name: str(value) for name in ("streams", "websocket") if (value := getattr(job, name)) is not Live.REFUSE},
        **({"faces": "redact"} if job.redact else {}),
        **({"conditions": answers} if (answers := _answers(job.conditions)) else {}),
        "scope": {name: value for name, value in facts.items() if value not in (None, [], "")},
    }


def job_from_document(raw: Mapping[str, Any], state: JobState, version: int) -> Job:
    """Raises ValueError, KeyError or TypeError when `raw` is none. Nothing is checked against today's rules: what was
    approved stays what it was."""
    facts = raw["scope"]
    values: dict[str, Any] = {name: tuple(facts.get(name, ())) for name in _LISTS}
    values |= {name: facts.get(name, "") for name in ("legal_basis", "reference")}
    values |= {name: datetime.fromisoformat(facts[name]) for name in ("begins", "expires") if facts.get(name)}
    values |= {name: facts.get(name) for name in _BUDGETS}
    hours = _hours(facts["hours"]) if "hours" in facts else None
    scope = Scope(Kind(facts["kind"]), hours=hours, outside=Outside(facts.get("outside", "untargeted")), **values)
    asked = {**facts, **raw}  # the first versions had these in the scope
    answers = raw.get("conditions", {})
    return Job(
        raw["id"],
        raw["operator"],
        raw["purpose"],
        scope,
        state,
        Live(asked.get("streams", Live.REFUSE)),
        Live(asked.get("websocket", Live.REFUSE)),
        Conditions(
            answers.get("in_the_union"),
            Purpose(answers["purpose"]) if "purpose" in answers else None,
            answers.get("automated"),
            Source(answers["source"]) if "source" in answers else None,
        ),
        redact=raw.get("faces") == "redact",
        version=version,
    )


def compact(value: object) -> str:
    """JSON in one form only, so that equal values give equal digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(body: str) -> str:
    """sha256 over a document in its compact form."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def same_job(one: Job, other: Job) -> bool:
    """Do they say the same, whatever became of them?"""
    return replace(one, state=other.state, version=other.version) == other


def _answers(conditions: Conditions) -> dict[str, Any]:
    given = {name: getattr(conditions, name) for name in ("in_the_union", "purpose", "automated", "source")}
    return {
        name: value if isinstance(value, bool) else str(value) for name, value in given.items() if value is not None
    }


def _hours(text: str) -> Hours:
    begins, _, ends = text.partition("-")
    return Hours(time.fromisoformat(begins), time.fromisoformat(ends))
