"""From a job's plain tables, of a file or of a request, to a Job: strictly, and with every problem at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from facegate_addons.domain.job import Job, JobState, Kind, Live

from facegate.errors import InvalidJob
from facegate.jobs.fields import Problems, Table, shown
from facegate.jobs.questionnaire import conditions
from facegate.jobs.rules import Rules
from facegate.jobs.scopes import scope

_KEYS = ("id", "operator", "purpose", "streams", "websocket", "faces", "token_sha256", "scope", "conditions")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Described:
    """A job, and the sha256 of the token that its writer chose for it, in hex; "" where the gateway makes one."""

    job: Job
    token_sha256: str = ""


class _Faces(StrEnum):
    REDACT = "redact"


def described_from(raw: Mapping[str, Any], where: str, rules: Rules, now: datetime) -> Described:
    """`where` is the file, or the request, that it stands in. A targeted job is pending. Raises InvalidJob."""
    problems = Problems()
    table = Table(raw, problems)
    table.known(_KEYS)
    name = table.text("id", '"missing-person-4711"')
    if name and not _ID.fullmatch(name):
        text = "has to be 1 to 64 small letters, digits, '.', '_' and '-', and to begin with a letter or digit, not "
        table.wrong("id", text + shown(name))
    operator = table.text("operator", '"acme-crawl", who runs the crawl')
    purpose = table.text("purpose", "what the crawl is for", lines=True)
    asked_for = scope(table, rules, now)
    kind = asked_for.kind
    job = Job(
        name,
        operator,
        purpose,
        asked_for,
        JobState.ACTIVE if kind is Kind.UNTARGETED else JobState.PENDING,
        table.choice("streams", Live) or Live.REFUSE,
        table.choice("websocket", Live) or Live.REFUSE,
        conditions(table, kind, rules),
        redact=table.choice("faces", _Faces) is not None,
    )
    token = table.text("token_sha256").lower()
    if token and not _SHA256.fullmatch(token):
        table.wrong("token_sha256", "has to be the sha256 of the job's token, 64 digits of hex; never the token itself")
    if problems:
        raise InvalidJob(where, problems)
    return Described(job, token)


def job_from(raw: Mapping[str, Any], where: str, rules: Rules, now: datetime) -> Job:
    """The job alone, where the gateway makes its token. Raises InvalidJob."""
    described = described_from(raw, where, rules, now)
    if described.token_sha256:
        problems = Problems()
        problems.note("token_sha256", "has no meaning here: the gateway makes the token and shows it once; remove it")
        raise InvalidJob(where, problems)
    return described.job
