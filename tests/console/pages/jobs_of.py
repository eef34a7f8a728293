"""Jobs for the tests of their pages, and what the form of one sends."""

from datetime import timedelta
from typing import Any

from facegate.console.jobform.asked import ASKED
from facegate.console.jobform.typed import typed_of
from facegate.jobs.lifecycle import Actor
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now

ROOT, RITA, ADA = Actor("os:root"), Actor("rita", "reviewer"), Actor("ada", "admin")


def case(name: str = "case", operator: str = "acme", days: float = 30, **scope: Any) -> Job:
    ends = (utc_now() + timedelta(days=days)).replace(microsecond=0)
    facts: dict[str, Any] = {"subjects": ("case-1",), "hosts": ("news.example",), "legal_basis": "law"}
    facts |= {"reference": "order 1", "expires": ends, "max_releases": 5}
    return Job(name, operator, "find one person", Scope(Kind.INDIVIDUAL, **(facts | scope)))


def sent(job: Job, **changed: str) -> dict[str, str]:
    """As a browser sends it: every field, most of them empty. Keys of `changed` have `__` for the dot."""
    fields = dict.fromkeys(ASKED, "") | {"streams": "refuse", "websocket": "refuse"} | typed_of(job)
    return fields | {name.replace("__", "."): text for name, text in changed.items()}
