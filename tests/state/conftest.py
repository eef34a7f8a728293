"""A home of its own for each test, with the real database, ledger and vault in it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from facegate.config import Config, load
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.keys import master_key
from facegate.state.ledger import ChainedLedger
from facegate.state.vault import FileVault
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import Finding, QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load(home=str(tmp_path / "home"))


@pytest.fixture
def ledger(home: Home, database: Database) -> Iterator[ChainedLedger]:
    with ChainedLedger(home.ledger, "cli") as ledger:
        yield ledger


@pytest.fixture
def vault(config: Config, home: Home, database: Database) -> Iterator[FileVault]:
    with FileVault(home, database, master_key(home, config.vault, database), timedelta(days=30)) as vault:
        yield vault


@pytest.fixture
def desk(database: Database, ledger: ChainedLedger) -> Desk:
    return Desk(database, ledger)


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


@pytest.fixture
def a_record() -> Callable[..., QuarantineRecord]:
    def make(body: bytes, name: str = "record-1", job: str = "crawl", days: float = 3) -> QuarantineRecord:
        now = utc_now()
        return QuarantineRecord(
            id=name,
            job=job,
            url="https://user:secret@News.example/photo.jpg?size=1",
            digest=hashlib.sha256(body).hexdigest(),
            size=len(body),
            content_type="image/jpeg",
            reason=Reason.FACES,
            at=now,
            expires=now + timedelta(days=days),
            versions={"policy": "1", "model": "centerface"},
            findings=(Finding((1, 2, 30, 40), 0.9, "frame 2"),),
            codings=("gzip",),
            detail="not redacted: of 32 bits",
        )

    return make
