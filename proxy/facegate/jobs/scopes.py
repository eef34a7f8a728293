"""The table [scope] of a job: whom it looks for, where, when, how much of it, and on what paper it rests."""

import re
from collections.abc import Callable
from datetime import datetime

from facegate_addons.domain.job import Kind, Outside, Scope

from facegate.jobs import budgets, times
from facegate.jobs.fields import Table, shown
from facegate.jobs.hosts import host_pattern
from facegate.jobs.paths import path_pattern
from facegate.jobs.rules import Rules
from facegate.jobs.subjects import subjects

KEYS = (
    *("kind", "subjects", "hosts", "paths", "ports", "methods", "legal_basis", "reference", "begins", "expires"),
    *("hours", "max_releases", "max_faces", "max_responses", "max_bytes", "outside"),
)
_UNTARGETED_KEYS = ("kind", "expires")
_KINDS = 'kind = "untargeted", "individual" or "group"'
_METHOD = re.compile(r"[A-Z][A-Z0-9-]{0,31}")
_FEW = 100  # paths, methods


def scope(job: Table, rules: Rules, now: datetime) -> tuple[Kind | None, Scope]:
    """Its kind, None where none can be told, and the scope. What has no kind is read as a targeted one."""
    table = job.table("scope")
    if table is None:
        if "scope" not in job:
            job.missing("scope", f"a table [scope] with {_KINDS}")
        return None, Scope()
    table.known(KEYS)
    kind = table.choice("kind", Kind, '"untargeted", "individual" or "group"')
    if kind is Kind.UNTARGETED:
        for key in table.keys:
            if key in KEYS and key not in _UNTARGETED_KEYS:
                table.wrong(key, "has no meaning for an untargeted job; remove it, or choose another kind")
        return kind, Scope(kind, expires=times.expires(table, rules, now, required=False))
    expires = times.expires(table, rules, now, required=True)
    return kind, Scope(
        kind or Kind.UNTARGETED,
        subjects=subjects(table, kind, rules),
        hosts=_each(table, "hosts", '["news.example", "*.example.org"]', rules.hosts_max, host_pattern, required=True),
        paths=_each(table, "paths", '["/news/"]', _FEW, path_pattern),
        ports=table.wholes("ports", "[443]", 1, 65_535),
        methods=_each(table, "methods", '["GET", "HEAD"]', _FEW, _method),
        legal_basis=table.text("legal_basis", "the law that allows this search", lines=True),
        reference=table.text("reference", 'the paper it rests on, like "order no. 4711"', lines=True),
        begins=times.begins(table, expires),
        expires=expires,
        hours=times.hours(table),
        max_releases=budgets.releases(table, rules, required=True),
        max_faces=table.whole("max_faces"),
        max_responses=table.whole("max_responses"),
        max_bytes=budgets.size(table, "max_bytes"),
        outside=table.choice("outside", Outside) or Outside.UNTARGETED,
    )


def _each(
    table: Table, key: str, write: str, most: int, read: Callable[[str], str], *, required: bool = False
) -> tuple[str, ...]:
    """A list of texts, each as `read` has it, once."""
    values: dict[str, None] = {}
    for text in table.texts(key, write, most, required=required):
        try:
            values[read(text)] = None
        except ValueError as error:
            table.wrong(key, str(error))
    return tuple(values)


def _method(text: str) -> str:
    if not _METHOD.fullmatch(text):
        raise ValueError(f'has {shown(text)}; write methods in capitals, like "GET"')
    return text
