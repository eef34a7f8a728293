from dataclasses import dataclass
from typing import Any

import pytest
from console.withheld import keep_all
from facegate.config import Config
from facegate.console.decisions import FACELESS, REASONS, attempt, decide, take_back
from facegate.console.sessions import Session
from facegate.console.site import Visitor
from facegate.console.undo import Undo
from facegate.errors import Conflict
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.desk import RecordsDesk
from facegate.state.database import Database
from facegate.state.home import Home
from starlette.exceptions import HTTPException

RITA = Visitor("rita", "reviewer", Session("rita", "reviewer", "", 0, 0, 0))
ADA = Actor("ada", "admin", "console")


@dataclass
class Part:
    """Of a Review, what decisions need."""

    desk: RecordsDesk
    undo: Undo


@pytest.fixture
async def review(config: Config, home: Home, database: Database, ledger: ChainedLedger) -> Any:
    await keep_all(config, home, database, [(f"record-{at}", b"pixels %d" % at, {}) for at in range(3)])
    return Part(RecordsDesk(database, ledger), Undo())


def state(review: Part, record: str) -> str:
    return str(review.desk.database.read("SELECT state FROM records WHERE id = ?", (record,))[0]["state"])


async def test_many_are_decided_each_by_itself(review: Any) -> None:
    review.desk.confirm("record-1", ADA)
    found = [attempt(review, RITA, f"record-{at}", "confirm", "seen") for at in (0, 1, 2, 9)]
    assert [bool(it.problem) for it in found] == [False, True, False, True]
    assert "ada" in found[1].problem
    assert state(review, "record-2") == "confirmed"
    assert attempt(review, RITA, "record-0", "note", "").problem
    with pytest.raises(HTTPException):
        decide(review, RITA, "record-0", "delete", "")


async def test_the_last_decision_is_taken_back_unless_somebody_decided_since(review: Any) -> None:
    review.undo.remember(RITA.session, [decide(review, RITA, "record-0", "false-positive", "a statue")])
    review.undo.remember(RITA.session, [decide(review, RITA, "record-1", "confirm", "")])
    review.desk.note("record-1", ADA, "I saw it, too")
    assert [it.id for it in take_back(review, RITA)] == ["record-1"]
    assert state(review, "record-1") == "open"
    review.desk.reopen("record-0", ADA)
    review.desk.false_positive("record-0", ADA, "indeed a statue")
    (refused,) = take_back(review, RITA)
    assert "ada" in refused.problem
    assert state(review, "record-0") == "false-positive"
    with pytest.raises(Conflict):
        take_back(review, RITA)


async def test_what_was_decided_at_once_is_taken_back_at_once(review: Any) -> None:
    done = [attempt(review, RITA, f"record-{at}", "confirm", "seen").decided for at in range(3)]
    review.undo.remember(RITA.session, [it for it in done if it])
    assert {it.id for it in take_back(review, RITA)} == {"record-0", "record-1", "record-2"}
    assert {state(review, f"record-{at}") for at in range(3)} == {"open"}


def test_reasons_have_a_key_each() -> None:
    assert 1 < len(REASONS) <= 9
    assert 1 < len(FACELESS) <= 9
