"""A good job of each kind as plain tables, and what the reader says of one."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from facegate.errors import InvalidJob
from facegate.jobs.reader import described_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Job

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RULES = Rules()

Change = Callable[..., dict[str, Any]]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def good() -> dict[str, Any]:
    return {
        "id": "missing-person-4711",
        "operator": "acme-crawl",
        "purpose": "find public sightings of one missing person",
        "scope": {
            "kind": "individual",
            "subjects": ["case-4711"],
            "hosts": ["news.example", "*.Example.org"],
            "legal_basis": "police law, section 1",
            "reference": "order no. 4711",
            "expires": "2026-12-31T00:00:00Z",
            "max_releases": 500,
        },
    }


@pytest.fixture
def broad() -> dict[str, Any]:
    return {"id": "broad", "operator": "acme", "purpose": "text", "scope": {"kind": "untargeted"}}


@pytest.fixture
def changed(good: dict[str, Any]) -> Change:
    """`changed("scope.hosts", ["a.example"])`: the good job, but for that; a value `...` leaves the key away."""

    def change(field: str, value: Any, job: dict[str, Any] | None = None) -> dict[str, Any]:
        raw = table = copy.deepcopy(good if job is None else job)
        *path, key = field.split(".")
        for name in path:
            table = table.setdefault(name, {})
        if value is ...:
            del table[key]
        else:
            table[key] = value
        return raw

    return change


@pytest.fixture
def read() -> Callable[..., Job]:
    def read(raw: dict[str, Any], rules: Rules = RULES) -> Job:
        return described_from(raw, "job.toml", rules, NOW).job

    return read


@pytest.fixture
def wrong(read: Callable[..., Job]) -> Callable[..., list[str]]:
    """Every problem of a job, as its lines."""

    def wrong(raw: dict[str, Any], rules: Rules = RULES) -> list[str]:
        with pytest.raises(InvalidJob) as caught:
            read(raw, rules)
        assert "\n" not in str(caught.value)
        return [str(problem) for problem in caught.value.problems]

    return wrong
