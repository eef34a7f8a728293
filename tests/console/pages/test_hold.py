from datetime import timedelta

import pytest
from console.browsing import Browser
from console.withheld import keep_all, ledger_events
from facegate.config import Config
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

WHY = {"reason": "claim 12 <b>O</b>"}


@pytest.fixture
async def kept(config: Config, home: Home, database: Database) -> None:
    over = {"expires": utc_now() - timedelta(hours=1)}
    await keep_all(config, home, database, [("record-1", b"one", {}), ("record-2", b"two", over)])


def test_a_hold_is_put_shown_and_lifted(rita: Browser, ada: Browser, kept: None, home: Home) -> None:
    done = rita.post("/records/record-1/hold", WHY)
    assert (done.status_code, done.headers["location"]) == (303, "/records/record-1#hold-title")
    page = rita.get("/records/record-1").text
    for words in ("Lift the hold", "claim 12 &lt;b&gt;O&lt;/b&gt;", "Held: it stays until", "legal hold"):
        assert words in page, words
    held, others = (rita.get(f"/queue?held={answer}").text for answer in ("yes", "no"))
    assert 'data-id="record-1"' in held
    assert "legal hold</span>" in held
    assert 'data-id="record-2"' not in held
    assert 'data-id="record-1"' not in others
    assert rita.get("/queue?held=perhaps").status_code == 400

    again = ada.post("/records/record-1/hold", WHY)
    assert again.status_code == 409
    assert "is held already" in again.text
    assert ada.post("/records/record-1/unhold", {"reason": "settled"}).status_code == 303
    page = ada.get("/records/record-1").text
    assert "Held no longer." in page
    assert "the next purge" not in page.partition("</main>")[0].partition("Held no longer.")[2][:60]
    assert "settled" in page  # the history stays
    assert ada.post("/records/record-1/unhold", {"reason": "settled"}).status_code == 409
    (put,), (lifted,) = ledger_events(home, "record-held"), ledger_events(home, "record-unheld")
    assert (put["user"], put["note"], lifted["user"]) == ("rita", WHY["reason"], "ada")


def test_who_lifts_it_hears_that_its_time_is_over(rita: Browser, kept: None) -> None:
    rita.post("/records/record-2/hold", WHY)
    rita.post("/records/record-2/unhold", {"reason": "settled"})
    assert "the next purge takes it" in rita.get("/records/record-2").text


def test_refusals_change_nothing(eve: Browser, rita: Browser, kept: None, home: Home) -> None:
    for verb in ("hold", "unhold"):
        assert eve.post(f"/records/record-1/{verb}", WHY).status_code == 403
        assert rita.post(f"/records/record-1/{verb}", WHY | {"csrf": "stale"}).status_code == 403
        assert rita.post(f"/records/another/{verb}", WHY).status_code == 404
        short = rita.post(f"/records/record-1/{verb}", {"reason": "x"})
        assert short.status_code == 422
        assert "write a reason of at least 3" in short.text
    assert ledger_events(home, "record-held") == []
