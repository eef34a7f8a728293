from collections.abc import Callable

from console.browsing import Browser
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate_addons.domain.job import Job
from facegate_addons.domain.model import QuarantineRecord

RITA = Actor("rita", "reviewer")
HOSTILE = "<script>alert(1)</script> a statue"


async def test_who_seconds_finds_what_waits_and_what_passes(
    rita: Browser,
    eve: Browser,
    database: Database,
    ledger: ChainedLedger,
    vault: SealedVault,
    a_record: Callable[..., QuarantineRecord],
) -> None:
    Desk(database, ledger).register(Job("crawl", "acme", "pages"), Actor("os:root"))
    for name in ("record-1", "record-2"):
        await vault.keep(a_record(name.encode(), name), name.encode())
    desk = RecordsDesk(database, ledger)
    assert "Nothing waits for a second person." in rita.get("/releases").text
    asked = desk.ask_release("record-1", RITA, HOSTILE)
    desk.false_positive("record-2", RITA, "a doll")
    page = rita.get("/releases").text
    assert 'href="/records/record-1"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; a statue" in page
    assert 'href="/releases' in rita.get("/").text
    assert "a doll" in rita.get("/corrections").text
    desk.withdraw_release(asked.id, RITA)
    assert "record-1" not in rita.get("/releases").text
    assert "record-1" in rita.get("/releases?state=withdrawn&job=crawl").text
    assert "record-1" not in rita.get("/releases?state=any&job=other").text
    assert rita.get("/releases?state=gone").status_code == 400
    assert eve.get("/releases").status_code == eve.get("/corrections").status_code == 403
