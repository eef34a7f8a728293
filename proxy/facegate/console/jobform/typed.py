"""From what was typed to a job, through the reader of job files, and back; what is wrong stands beside its field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from facegate_addons.domain.job import Job

from facegate.console.jobform.asked import ASKED, Asked, Control
from facegate.errors import InvalidJob, Problem
from facegate.jobs.changes import flat
from facegate.jobs.document import job_document
from facegate.jobs.reader import job_from
from facegate.jobs.rules import Rules

_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?", re.ASCII)  # what a browser's control sends
_ANSWERS = {"true": True, "false": False}

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filled:
    """`typed` is what the form shows again. Without a job: what is wrong, by key, and what belongs to no field."""

    typed: Mapping[str, str]
    job: Job | None = None
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: Sequence[Problem] = ()

    @property
    def count(self) -> int:
        return sum(map(len, self.problems.values())) + len(self.others)


def read_form(pairs: Pairs, rules: Rules, now: datetime) -> Filled:
    """`pairs`: each field that was sent, without those of the page itself. A field that the form does not have is
    refused by the reader, like a key that it does not know."""
    sent: dict[str, list[str]] = {}
    for key, text in pairs:
        sent.setdefault(key, []).append(text.replace("\r\n", "\n"))
    typed = {key: "\n".join(texts) for key, texts in sent.items() if key in ASKED}
    try:
        return Filled(typed, job_from(_tables(sent), "the form", rules, now))
    except InvalidJob as error:
        beside: dict[str, list[str]] = {}
        for problem in error.problems:
            if problem.field in ASKED:
                beside.setdefault(problem.field, []).append(problem.text)
        others = [problem for problem in error.problems if problem.field not in ASKED]
        return Filled(typed, None, beside, others)


def typed_of(job: Job) -> dict[str, str]:
    """What the form has to show for `job` to be read from it again."""
    return {key: _shown(ASKED[key], value) for key, value in flat(job_document(job)).items() if key in ASKED}


def _tables(sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    raw: dict[str, Any] = {"scope": {}, "conditions": {}}
    for key, texts in sent.items():
        value = _value(ASKED[key], texts) if key in ASKED else texts[0]
        if value is None:
            continue
        table, dot, name = key.partition(".")
        if dot and table in ("scope", "conditions"):
            raw[table][name] = value
        elif key not in raw:
            raw[key] = value
    return raw


def _value(asked: Asked, texts: Sequence[str]) -> Any:
    """As a job file would have it; None for what is left empty. What is none of it goes to the reader as it is."""
    if asked.control in (Control.LIST, Control.NUMBERS):
        entries = [entry.strip() for text in texts for entry in text.split("\n") if entry.strip()]
        return [_whole(entry) if asked.control is Control.NUMBERS else entry for entry in entries] or None
    if len(texts) > 1:
        return list(texts)
    text = texts[0]
    if not text.strip():
        return None
    match asked.control:
        case Control.NUMBER | Control.SIZE:
            return _whole(text.strip())
        case Control.MOMENT:
            return f"{text.strip()}Z" if _LOCAL.fullmatch(text.strip()) else text.strip()
        case Control.FLAG:
            return _ANSWERS.get(text, text)
        case _:
            return text


def _whole(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text


def _shown(asked: Asked, value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix("Z") if asked.control is Control.MOMENT else str(value)
