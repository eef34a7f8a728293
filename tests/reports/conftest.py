"""A small home of which every figure is known."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from facegate.config import Config
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.vault import SealedVault
from facegate.reports.facts import Sources
from facegate.samples import review
from facegate.samples.store import SampleStore
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import QuarantineRecord, Sample

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
VERSIONS = {"model": "centerface", "policy": "1:quarantine/quarantine"}
HOSTILE = "</td><script>alert(1)</script><img src=https://evil.example/x onerror=1>\u202e\x1b[2J"
EVE, ADA, OLAF = Actor("eve", "reviewer"), Actor("ada", "admin"), Actor("olaf", "operator")


def exchange(day: int = 0, **facts: object) -> dict[str, Any]:
    known = {
        "event": "exchange", "at": (DAY + timedelta(days=day)).isoformat(), "job": "broad", "operator": "acme",
        "url": "https://news.example/a.jpg?token=1", "action": "pass", "reason": "clear", "size": 100, "record": "",
        "kind": "jpeg", "versions": VERSIONS,
    }  # fmt: skip
    return known | facts


def withheld(day: int = 0, **facts: object) -> dict[str, Any]:
    return exchange(day, **{"action": "quarantine", "reason": "faces"} | facts)


@dataclass
class Golden:
    sources: Sources
    ledger: ChainedLedger

    def write(self, *entries: dict[str, Any]) -> None:
        for entry in entries:
            self.ledger.append(entry)
        assert self.ledger.flush(10)


@pytest.fixture
def empty(config: Config, home: Home, database: Database, ledger: ChainedLedger) -> Golden:
    return Golden(Sources(config, home, database), ledger)


@pytest.fixture
def golden(
    empty: Golden, home: Home, database: Database, ledger: ChainedLedger, vault: SealedVault, desk: Desk,
    a_record: Callable[..., QuarantineRecord],
) -> Golden:  # fmt: skip
    for name, role in (("eve", "reviewer"), ("ada", "admin"), ("olaf", "operator")):
        users.add(database, ledger, name, role, "a long password")
    desk.register(Job("broad", "acme", purpose="text"), ADA)
    scope = Scope(
        Kind.INDIVIDUAL, subjects=("case-7",), hosts=("news.example",), legal_basis="a statute", reference="order 12",
        expires=datetime(2030, 1, 1, tzinfo=UTC), max_releases=50,
    )  # fmt: skip
    desk.register(Job("case", "acme", purpose=f"find {HOSTILE}", scope=scope), ADA)
    desk.approve("case", EVE, why="order seen")
    for number, body in enumerate((b"one", b"two", b"three")):
        record = replace(a_record(body, f"record-{number}", "broad"), at=DAY, expires=DAY + timedelta(days=30))
        asyncio.run(vault.keep(record, body))
    asyncio.run(
        database.write(
            lambda c: c.execute("UPDATE records SET state = 'false-positive' WHERE id = 'record-0'").rowcount
        )
    )
    empty.write(
        *[exchange(0, sampling=0.1, sample="")] * 7,
        *[exchange(0, sampling=0.1, sample=f"s{number}") for number in range(3)],
        withheld(0, sampling=0.1, sample="", record="record-0"),
        withheld(1, sampling=0.1, sample="", record="record-1"),
        withheld(1, reason="encrypted", kind="", size=7),
        exchange(1, job="case", reason="targeted", sampling=0.1, sample="", faces=2),
        exchange(3, job="case", action="refuse", reason="out-of-scope", size=0),
        exchange(3, reason="faces", observed="quarantine", versions={"policy": "1:quarantine/quarantine:observe"}),
        exchange(3, action="redact", reason="faces"),
        exchange(3, reason="false-positive"),
        exchange(3, reason="released", record="record-1"),
        {"event": "record-released", "at": (DAY + timedelta(days=3)).isoformat(), "record": "record-1", "job": "broad",
         "user": "eve", "note": HOSTILE, "digest": "d"},
        {"event": "record-false-positive", "at": (DAY + timedelta(days=2)).isoformat(), "record": "record-0",
         "job": "broad", "user": "eve", "note": "a statue"},
        {"event": "record-revealed", "at": (DAY + timedelta(days=2)).isoformat(), "record": "record-2", "job": "broad",
         "user": "ada", "note": "triage"},
        {"event": "purge", "at": (DAY + timedelta(days=3)).isoformat(), "records": 4},
        {"event": "policy-changed", "at": DAY.isoformat(), "mode": "enforce", "policy": "1:x/y", "before": ""},
    )  # fmt: skip
    store = SampleStore(home, database, b"s" * 32, timedelta(hours=72), 100)
    for number in range(3):
        body = b"%d" % number
        digest = hashlib.sha256(body).hexdigest()
        sample = Sample(f"s{number}", "broad", digest, (), 1, "jpeg", 0.1, DAY + timedelta(minutes=number), VERSIONS)
        assert asyncio.run(store.keep(sample, body))
    review.decide(store, ledger, {"s0": True, "s1": False}, by=EVE)
    return empty
