"""A quarantine, and people around it: eve and rita review, ada is admin, acme reviews and runs jobs, olaf operates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate_addons.domain.job import Job, Kind, Scope
from facegate_addons.domain.model import QuarantineRecord, utc_now

EVE, RITA, ADA = Actor("eve", "reviewer"), Actor("rita", "reviewer", "console"), Actor("ada", "admin", "api")
ACME, OLAF, ROOT = Actor("acme", "reviewer"), Actor("olaf", "operator"), Actor("os:root")


@pytest.fixture
def records_desk(database: Database, ledger: ChainedLedger) -> RecordsDesk:
    return RecordsDesk(database, ledger)


@pytest.fixture
def crawl(desk: Desk) -> str:
    """An untargeted job of acme's."""
    desk.register(Job("crawl", "acme", "pages"), ROOT)
    return "crawl"


@pytest.fixture
def case(desk: Desk) -> str:
    """A targeted job of acme's, approved for news.example."""
    paper = {"legal_basis": "law", "reference": "order 1", "expires": utc_now() + timedelta(days=30)}
    scope = Scope(Kind.INDIVIDUAL, ("case-1",), ("news.example",), **paper, max_releases=5)
    desk.register(Job("case", "acme", "find one person", scope), ROOT)
    desk.approve("case", EVE)
    return "case"


@pytest.fixture
def withheld(vault: SealedVault, a_record: Callable[..., QuarantineRecord]) -> Callable[..., object]:
    """`await withheld("record-1", job="crawl", url=...)`: a body of its own for each name."""

    async def keep(name: str = "record-1", body: bytes = b"", **facts: object) -> str:
        made = replace(a_record(body or name.encode(), name), **facts)
        return await vault.keep(made, body or name.encode())

    return keep
