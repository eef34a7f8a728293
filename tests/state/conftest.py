"""A home of its own for each test, with the real ledger and vault in it; the database alone, and shared by Redis."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.sections import State
from facegate.shared.opened import open_state
from facegate.state import served
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import utc_now
from live.redis_server import as_toml


@pytest.fixture(params=["alone", pytest.param("shared", marks=pytest.mark.redis)])
def database(request: pytest.FixtureRequest, home: Home) -> Iterator[Database]:
    """Whatever holds of one has to hold of the other."""
    settings = request.getfixturevalue("shared_state") if request.param == "shared" else State()
    if request.param == "shared":  # so that other commands find it
        file = home.path.with_suffix(".toml")
        file.write_text(as_toml(settings))
        served.note(home, file)
    with open_state(home, settings) as database:
        yield database


@pytest.fixture
def in_force(desk: Desk, targeted: Callable[..., Job]) -> Callable[..., str]:
    """Registers and approves a targeted job with these keys of a scope; its token."""

    def make(name: str = "case", **scope: object) -> str:
        job = targeted(name, max_releases=None)
        token = desk.register(replace(job, scope=replace(job.scope, **scope)), Actor("os:root")).token
        desk.approve(name, Actor("eve", "reviewer"))
        assert token is not None
        return token

    return make


@pytest.fixture
def targeted() -> Callable[..., Job]:
    def make(name: str = "case", operator: str = "acme", max_releases: int | None = 5, days: float = 30) -> Job:
        expires = utc_now() + timedelta(days=days)
        subjects, hosts, paper = ("case-1",), ("news.example",), {"legal_basis": "law", "reference": "order 1"}
        scope = Scope(Kind.INDIVIDUAL, subjects, hosts, **paper, expires=expires, max_releases=max_releases)
        return Job(name, operator, "find one person", scope)

    return make
