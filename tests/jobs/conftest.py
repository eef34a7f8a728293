"""A good job of each kind as plain tables, and what the reader says of one."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from facegate.errors import InvalidJob
from facegate.jobs.reader import described_from
from facegate.jobs.rules import Rules
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now

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


Described = Callable[..., str]


@pytest.fixture
def targeted() -> Callable[..., Job]:
    def make(name: str = "case", operator: str = "acme", days: float = 30, **scope: object) -> Job:
        facts: dict[str, object] = {"subjects": ("case-1",), "hosts": ("news.example",), "legal_basis": "law"}
        facts |= {"reference": "order 1", "expires": utc_now() + timedelta(days=days), "max_releases": 5}
        return Job(name, operator, "find one person", Scope(Kind.INDIVIDUAL, **(facts | scope)))  # type: ignore[arg-type]

    return make


@pytest.fixture
def described() -> Described:
    """The text of a job file. `first` stands before everything, `last` in the scope of a targeted one."""
    expires = (utc_now() + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")

    def text(name: str, *, targeted: bool = False, operator: str = "acme", first: str = "", last: str = "") -> str:
        head = f'{first}\nid = "{name}"\noperator = "{operator}"\npurpose = "text"\n[scope]\n'
        if not targeted:
            return head + 'kind = "untargeted"\n'
        scope = 'kind = "individual"\nsubjects = ["c-1"]\nhosts = ["news.example"]\nlegal_basis = "law"\n'
        return f'{head}{scope}reference = "order"\nexpires = {expires}\n{last}\n'

    return text
