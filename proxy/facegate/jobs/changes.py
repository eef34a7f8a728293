"""What one version of a job says otherwise than another, key by key: what an approver has to read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegate_addons.domain.job import Job

from facegate.jobs.document import job_document


@dataclass(frozen=True, slots=True)
class KeyChange:
    """`key` is dotted, as in a job file. None: it does not stand there."""

    key: str
    old: Any
    new: Any


def key_changes(old: Job | None, new: Job) -> tuple[KeyChange, ...]:
    before, after = flat(job_document(old)) if old is not None else {}, flat(job_document(new))
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(KeyChange(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def shown(value: Any) -> str:
    """A value of a job's document, for a person."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A job's document with dotted keys."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found
