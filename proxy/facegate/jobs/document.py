"""A job as plain JSON, in the shape of a job file, and back: what the state keeps and what the API shows.

Back there is no checking against rules or the clock: it was read strictly once, and its end may be past by now. What
is no such document is refused all the same, whole: a key that was dropped could be one that narrows the scope.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from facegate_addons.domain.job import Conditions, Hours, Job, JobState, Kind, Live, Outside, Purpose, Scope, Source

from facegate.durations import parse_duration, shown_duration
from facegate.jobs.times import moment

_LISTS = ("subjects", "hosts", "paths", "ports", "methods")
_TEXTS = ("legal_basis", "reference")
_TIMES = ("begins", "expires")
_BUDGETS = ("max_releases", "max_faces", "max_responses", "max_bytes")
_CONDITIONS = ("in_the_union", "purpose", "automated", "source")


def job_document(job: Job) -> dict[str, Any]:
    """What a job file would have to say for this job to be read from it; neither its state nor its version."""
    asked = {"streams": job.streams, "websocket": job.websocket}
    conditions = {key: value for key in _CONDITIONS if (value := getattr(job.conditions, key)) is not None}
    return {
        "id": job.id,
        "operator": job.operator,
        "purpose": job.purpose,
        **{key: str(value) for key, value in asked.items() if value is not Live.REFUSE},
        **({"faces": "redact"} if job.redact else {}),
        **({"keep": shown_duration(job.keep)} if job.keep is not None else {}),
        "scope": _scope_document(job.scope),
        **(
            {"conditions": {k: v if isinstance(v, bool) else str(v) for k, v in conditions.items()}}
            if conditions
            else {}
        ),
    }


def job_from_document(document: Mapping[str, Any], state: JobState, version: int = 1) -> Job:
    """The job that `job_document` wrote down. Raises ValueError for anything else."""
    try:
        job = _job(document, state, version)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no job's document: {type(error).__name__}") from None
    if job_document(job) != document:
        raise ValueError("no job's document: it has more in it than a job, or says it otherwise")
    return job


def current_form(first: Mapping[str, Any]) -> dict[str, Any]:
    """A document as facegate 0.1 wrote it first, with every key there and what it asked for in the scope, as it is
    written now. A document of today comes back as it is. Raises ValueError."""
    try:
        facts = {key: value for key, value in first["scope"].items() if value not in (None, [], "")}
        asked = {key: facts.pop(key) for key in ("streams", "websocket") if key in facts}
        facts |= {key: facts[key].replace("+00:00", "Z") for key in _TIMES if key in facts}
    except (KeyError, AttributeError) as error:
        raise ValueError(f"no job's document: {type(error).__name__}") from None
    return {**first, **asked, "scope": facts}


def compact(value: object) -> str:
    """JSON in one form only, so that equal values give equal digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(body: str) -> str:
    """sha256 over a document in its compact form."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def same_job(one: Job, other: Job) -> bool:
    """Do they say the same, whatever became of them?"""
    return replace(one, state=other.state, version=other.version) == other


def _scope_document(scope: Scope) -> dict[str, Any]:
    hours = f"{scope.hours.begins:%H:%M}-{scope.hours.ends:%H:%M}" if scope.hours else ""
    values: dict[str, Any] = {
        **{key: list(getattr(scope, key)) for key in _LISTS},
        **{key: getattr(scope, key) for key in _TEXTS},
        **{key: _stamp(getattr(scope, key)) for key in _TIMES},
        "hours": hours,
        **{key: getattr(scope, key) for key in _BUDGETS},
        "outside": "" if scope.outside is Outside.UNTARGETED else str(scope.outside),
    }
    return {"kind": str(scope.kind)} | {key: value for key, value in values.items() if value}


def _job(document: Mapping[str, Any], state: JobState, version: int) -> Job:
    conditions = document.get("conditions", {})
    return Job(
        document["id"],
        document["operator"],
        document["purpose"],
        _scope(document["scope"]),
        state,
        Live(document.get("streams", Live.REFUSE)),
        Live(document.get("websocket", Live.REFUSE)),
        Conditions(
            conditions.get("in_the_union"),
            Purpose(conditions["purpose"]) if "purpose" in conditions else None,
            conditions.get("automated"),
            Source(conditions["source"]) if "source" in conditions else None,
        ),
        redact="faces" in document,
        keep=parse_duration(document["keep"]) if "keep" in document else None,
        version=version,
    )


def _scope(raw: Mapping[str, Any]) -> Scope:
    values: dict[str, Any] = {
        **{key: tuple(raw.get(key, ())) for key in _LISTS},
        **{key: raw.get(key, "") for key in _TEXTS},
        **{key: moment(raw[key]) for key in _TIMES if key in raw},
        "hours": _hours(raw["hours"]) if "hours" in raw else None,
        **{key: raw.get(key) for key in _BUDGETS},
        "outside": Outside(raw.get("outside", Outside.UNTARGETED)),
    }
    return Scope(Kind(raw["kind"]), **values)


def _stamp(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""


def _hours(text: str) -> Hours:
    begins, _, ends = text.partition("-")
    return Hours(time.fromisoformat(begins), time.fromisoformat(ends))
