"""From a job's plain tables, of a file or of a request, to a Job: strictly, and with every problem at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from facegate_addons.domain.job import Job, JobState, Kind, Live

from facegate.durations import parse_duration, shown_duration
from facegate.errors import InvalidJob
from facegate.jobs.conditions import conditions, redact
from facegate.jobs.fields import Problems, Table, shown
from facegate.jobs.rules import Rules
from facegate.jobs.scopes import scope

KEYS = ("id", "operator", "purpose", "streams", "websocket", "faces", "keep", "token_sha256", "scope", "conditions")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Described:
    """A job, and the sha256 of the token that its writer chose for it, in hex; "" where the gateway makes one."""

    job: Job
    token_sha256: str = ""


def described_from(
    raw: Mapping[str, Any], where: str, rules: Rules, now: datetime, *, own_token: bool = True
) -> Described:
    """`where` is the file, or the request, that it stands in; `now` is what its dates are compared with; `own_token`:
    may it bring the hash of a token of its own? A targeted job is pending. Raises InvalidJob."""
    problems = Problems()
    table = Table(raw, problems)
    table.known(KEYS)
    name = table.text("id", '"missing-person-4711"')
    if name and not _ID.fullmatch(name):
        text = "has to be 1 to 64 small letters, digits, '.', '_' and '-', and to begin with a letter or digit, not "
        table.wrong("id", text + shown(name))
    operator = table.text("operator", '"acme-crawl", who runs the crawl')
    purpose = table.text("purpose", "what the crawl is for", lines=True)
    kind, asked_for = scope(table, rules, now)
    answered = conditions(table, kind, rules)
    job = Job(
        name,
        operator,
        purpose,
        asked_for,
        JobState.ACTIVE if kind is Kind.UNTARGETED else JobState.PENDING,
        table.choice("streams", Live) or Live.REFUSE,
        table.choice("websocket", Live) or Live.REFUSE,
        answered,
        redact=redact(table, kind, answered),
        keep=_keep(table, rules),
    )
    token = _token(table, own_token=own_token)
    if problems:
        raise InvalidJob(where, problems)
    return Described(job, token)


def job_from(raw: Mapping[str, Any], where: str, rules: Rules, now: datetime) -> Job:
    """The job alone, where the gateway makes its token. Raises InvalidJob."""
    return described_from(raw, where, rules, now, own_token=False).job


def _keep(table: Table, rules: Rules) -> timedelta | None:
    text = table.text("keep")
    if not text:
        return None
    try:
        keep = parse_duration(text)
    except ValueError:
        table.wrong("keep", f'has to be a whole number and s, m, h or d, like "7d", not {shown(text)}')
        return None
    if not keep:
        table.wrong("keep", "has to be longer than nothing; leave it away for what vault.keep says")
    elif keep > rules.keep:
        longest = shown_duration(rules.keep)
        table.wrong("keep", f"is longer than vault.keep, {longest}: a job may only shorten it; leave it away")
    return keep


def _token(table: Table, *, own_token: bool) -> str:
    """What is wrong with it is said without repeating it: it may be the token itself."""
    key = "token_sha256"
    if key not in table:
        return ""
    if not own_token:
        table.wrong(key, "has no meaning here: the gateway makes the token and shows it once; remove it")
    elif not isinstance(table[key], str) or not _SHA256.fullmatch(table[key].lower()):
        table.wrong(key, "has to be the sha256 of the job's token, 64 digits of hex; never the token itself")
    else:
        return str(table[key].lower())
    return ""
