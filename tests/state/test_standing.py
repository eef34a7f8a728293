from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from facegate.errors import NotFound
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state.accumulation import sign
from facegate.state.database import Database
from facegate.state.spending import spend
from facegate.state.standing import WINDOWS, account_of, list_operators, standing_of
from facegate.thresholds import Thresholds, Totals
from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import utc_now

EVE = Actor("eve", "reviewer")
DEFAULT = Thresholds()


@pytest.fixture
def approve(database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]) -> Callable[..., None]:
    def run(name: str, operator: str = "acme", **scope: Any) -> None:
        desk, job = Desk(database, ledger), targeted(name, operator)
        desk.register(replace(job, scope=replace(job.scope, **scope)), Actor("os:root"))
        desk.approve(name, EVE)

    return run


@pytest.fixture
def spent(database: Database, ledger: ChainedLedger) -> Callable[..., object]:
    return lambda job, thresholds=DEFAULT, faces=1: database.write_now(
        lambda c: spend(c, ledger, job, Spending(1, faces), thresholds, utc_now())
    )


def test_nobody_stands_anywhere_at_first(database: Database, ledger: ChainedLedger) -> None:
    Desk(database, ledger).register(Job("broad", "acme", "p"), Actor("os:root"))
    page = list_operators(database, Thresholds())
    assert (page.standings, page.next) == ([], None)
    with pytest.raises(NotFound, match="accumulation list"):
        account_of(database, "acme", Thresholds())


def test_where_one_stands(database: Database, approve: Callable[..., None]) -> None:
    assert standing_of(database, "acme", Thresholds()) is None
    approve("case", operator="acme")
    assert standing_of(database, " ACME", Thresholds()) == list_operators(database, Thresholds()).standings[0]


def test_operators_page_by_page(database: Database, approve: Callable[..., None]) -> None:
    for number, operator in enumerate(("zeta", "Acme", "beta", "acme")):
        approve(f"job-{number}", operator)
    seen, after = [], ""
    while True:
        page = list_operators(database, Thresholds(), after=after, limit=2)
        seen += [(found.operator, found.names) for found in page.standings]
        if page.next is None:
            break
        after = page.next
    assert seen == [("acme", ("Acme", "acme")), ("beta", ("beta",)), ("zeta", ("zeta",))]


def test_a_stop_and_its_signature(
    database: Database, ledger: ChainedLedger, approve: Callable[..., None], spent: Callable[..., object]
) -> None:
    one = Thresholds(releases=1)
    approve("case")
    assert spent("case", one, 2) is None
    (found,) = list_operators(database, one).standings
    assert (found.totals, found.over, found.held) == (Totals(1, 1, 1, 2, 1), {}, None)
    assert spent("case", one) == "accumulation"
    (found,) = list_operators(database, one).standings
    assert found.held is not None
    assert (found.why, found.unsigned.releases) == ({"releases": 2}, 1)
    sign(database, ledger, "acme", EVE, "as ordered", one)
    (found,) = list_operators(database, one).standings
    assert (found.totals, found.unsigned) == (Totals(1, 1, 1, 2, 1), Totals())
    assert (found.held, found.why, found.signatures, found.signer, found.reason) == (None, {}, 1, "eve", "as ordered")


def test_a_lowered_threshold_shows_before_it_stops(
    database: Database, approve: Callable[..., None], spent: Callable[..., object]
) -> None:
    approve("case")
    spent("case")
    spent("case")
    assert list_operators(database, Thresholds(releases=1)).standings[0].over == {"releases": 2}
    assert spent("case", Thresholds(releases=1)) == "accumulation"


def test_what_an_account_is_made_of(
    database: Database, ledger: ChainedLedger, approve: Callable[..., None], spent: Callable[..., object]
) -> None:
    approve("one", subjects=("s-1",), hosts=("a.example", "b.example"))
    approve("two", "ACME", subjects=("s-2",), hosts=("www.b.example",))
    approve("three", subjects=("s-2",), hosts=("*.b.example", "a.example", "c.example"))
    approve("far", "another name", subjects=(" S-2 ",))
    approve("free", "nobody we know", subjects=("s-9",))
    spent("one")
    Desk(database, ledger).revoke("three", Actor("os:root"))
    found = account_of(database, "Acme", Thresholds())
    assert found.windows == dict.fromkeys(WINDOWS, Totals(2, 3, 1, 1, 3))
    assert [(j.id, j.state, j.subjects, j.hosts, j.releases) for j in found.jobs] == [
        ("one", "approved", 1, 2, 1), ("three", "revoked", 1, 3, 0), ("two", "approved", 1, 1, 0),
    ]  # fmt: skip
    assert list(found.domains.items()) == [("b.example", ["one", "three", "two"]), ("a.example", ["one", "three"])]
    assert found.elsewhere == [("s-2", "another name", "far")]
    shown = found.as_json()
    assert shown["windows"]["365"]["hosts"] == 3
    assert shown["elsewhere"] == [{"subject": "s-2", "operator": "another name", "job": "far"}]
    assert account_of(database, "another name", Thresholds()).elsewhere == [
        ("s-2", "acme", "three"), ("s-2", "acme", "two"),
    ]  # fmt: skip
