import pytest
from console.withheld import FACE, keep_all
from facegate.config import Config
from facegate.console import recorded as module
from facegate.console.recorded import facts_of
from facegate.errors import NotFound
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.desk import RecordsDesk
from facegate.state.database import Database
from facegate.state.home import Home

RITA = Actor("rita", "reviewer", "console")


async def test_what_happened_is_told_newest_first(
    config: Config, home: Home, database: Database, ledger: ChainedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = [(f"record-{at}", b"pixels", {"job": f"crawl-{at % 2}", "request": f"request-{at}"}) for at in range(5)]
    assert set(await keep_all(config, home, database, seen)) == {"record-0"}
    desk = RecordsDesk(database, ledger)
    desk.false_positive("record-0", RITA, "a statue")
    desk.reopen("record-0", RITA, "no, a person")
    monkeypatch.setattr(module, "SIGHTINGS", 2)
    facts = facts_of(database, "record-0")
    assert facts.entry.sightings == 5
    assert facts.record.findings == (FACE,)
    assert facts.looks
    assert [it["event"] for it in facts.history] == ["reopened", "false-positive", "withheld"]
    assert [it["url"][-5:] for it in facts.sightings] == ["4.jpg", "3.jpg"]
    assert [it["request"] for it in facts.sightings] == ["request-4", "request-3"]
    assert sorted(facts.jobs) == ["crawl-0", "crawl-1"]
    (correction,) = facts.corrections
    assert correction.revoked_by == "rita"
    further = [it["url"][-5:] for it in facts_of(database, "record-0", facts.older).sightings]
    assert further == ["2.jpg", "1.jpg"]
    with pytest.raises(NotFound):
        facts_of(database, "another")
