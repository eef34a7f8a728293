"""A job's times: from when, until when, and at what hours of the day. All in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta

from facegate_addons.domain.job import Hours

from facegate.jobs.fields import Table, shown
from facegate.jobs.rules import Rules

_HOURS = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)", re.ASCII)
# RFC 3339, which is what TOML takes; fromisoformat alone would take weeks and dates without a time as well.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def begins(table: Table, expires: datetime | None) -> datetime | None:
    value = _moment(table, "begins", "2027-01-01T00:00:00Z")
    if value is not None and expires is not None and value >= expires:
        table.wrong(
            "begins", f"is not before {expires:%Y-%m-%dT%H:%M:%SZ}, where the job expires; write an earlier one"
        )
    return value


def expires(table: Table, rules: Rules, now: datetime, *, required: bool) -> datetime | None:
    example = f"{now + min(rules.longest, timedelta(days=90)):%Y-%m-%dT%H:00:00Z}"
    if "expires" not in table:
        if required:
            table.missing("expires", f"a date like {example}")
        return None
    value = _moment(table, "expires", example)
    if value is None:
        return None
    if value <= now:
        table.wrong("expires", f"is in the past; write a date like {example}")
    elif value > now + rules.longest:
        table.wrong("expires", f"is more than {_length(rules.longest)} away; write a date like {example}")
    return value


def hours(table: Table) -> Hours | None:
    text = table.text("hours")
    if not text:
        return None
    try:
        match = _HOURS.fullmatch(text)
        if match is None:
            raise ValueError(text)
        begins, ends = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError:
        table.wrong("hours", f'has to be two times of the day in UTC, like "08:00-18:00", not {shown(text)}')
        return None
    if begins == ends:
        table.wrong("hours", f"begins and ends at {match[1]}:{match[2]}; leave it away for the whole day")
        return None
    return Hours(begins, ends)


def moment(text: str) -> datetime:
    """RFC 3339 to UTC. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return utc(datetime.fromisoformat(text.upper()))


def utc(value: datetime) -> datetime:
    """Raises ValueError for one without a zone, or beyond the calendar."""
    if value.tzinfo is None:
        raise ValueError("no zone")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


def _moment(table: Table, key: str, example: str) -> datetime | None:
    if key not in table:
        return None
    value = table[key]
    try:
        if isinstance(value, str):
            return moment(value)
        if isinstance(value, datetime):
            return utc(value)
    except ValueError:
        pass
    table.wrong(key, f"has to be a date and time with its zone, like {example}, not {_said(value)}")
    return None


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date | time) else shown(value)


def _length(span: timedelta) -> str:
    days, rest = divmod(span, timedelta(days=1))
    return f"{days} days" if not rest else f"{span.total_seconds() / 3600:g} hours"
