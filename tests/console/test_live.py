import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from facegate.config import Config
from facegate.console import live as module
from facegate.console.access import Door
from facegate.console.live import FACTS, OF_ONE, SELDOM, TABS, Live, Tab
from facegate.console.sessions import Session, Sessions
from facegate.console.site import Site
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home

from tests.console.pages.jobs_of import ROOT, case


@pytest.fixture
def site(config: Config, home: Home, database: Database, ledger: ChainedLedger, people: None) -> Site:
    return Site(config, home, database, ledger, Desk(database, ledger), Sessions(1800, 36000), Door(database, ledger))


def session_of(site: Site, name: str) -> Session:
    user = users.account(site.database, name)
    assert user
    return site.sessions.open(user.name, user.role, user.seal)[1]


async def next_of(tab: Tab) -> str | None:
    async with asyncio.timeout(10):
        return await tab.waiting.get()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.01)


async def test_all_tabs_share_one_reading_and_hear_only_what_changed(site: Site) -> None:
    readings = []

    def counted(_site: Site) -> dict[str, Any]:
        readings.append(1)
        return {"open": len(readings) // 5}

    live = Live(site, {"queue": counted})
    rita = session_of(site, "rita")
    tabs = [live.listen(rita) for _ in range(OF_ONE)]
    heard = [[await next_of(tab) for _ in range(3)] for tab in tabs]
    assert all(it == [f'event: queue\ndata: {{"open": {n}}}\n\n' for n in range(3)] for it in heard)
    assert len(readings) <= 20
    assert not live.has_room(rita)
    assert live.has_room(session_of(site, "ada"))
    for tab in tabs:
        live.leave(tab)
    assert live._polling is not None
    await asyncio.wait_for(live._polling, 5)
    before = len(readings)
    late = live.listen(rita)  # it begins anew
    assert await next_of(late)
    assert len(readings) > before
    live.close()


async def test_operators_hear_of_health_alone(site: Site) -> None:
    live = Live(site, {"queue": lambda _: {"open": 1}, "health": lambda _: {"ready": True}})
    tab = live.listen(session_of(site, "eve"))
    assert (await next_of(tab) or "").startswith("event: health")
    await asyncio.sleep(0)
    assert tab.waiting.empty()
    live.close()


async def test_a_stream_ends_with_its_session(site: Site, ledger: ChainedLedger) -> None:
    live = Live(site, {})
    rita, ada = session_of(site, "rita"), session_of(site, "ada")
    tabs = [live.listen(rita), live.listen(ada)]
    site.sessions.end(rita)
    assert await next_of(tabs[0]) is None
    users.set_role(site.database, ledger, "ada", "reviewer", Actor("os:test"))
    assert await next_of(tabs[1]) is None
    live.close()


async def test_there_is_an_end_to_tabs_and_to_what_one_does_not_read(site: Site) -> None:
    live = Live(site, {})
    tabs = [live.listen(session_of(site, "rita")) for _ in range(TABS)]
    assert not live.has_room(session_of(site, "ada"))
    for number in range(100):
        live._send(tabs[0], "queue", str(number))
    assert await next_of(tabs[0]) is None or tabs[0].waiting.qsize() <= 50
    live.close()
    assert await next_of(tabs[1]) is None
    assert await next_of(live.listen(session_of(site, "ada"))) is None


async def test_what_cannot_be_read_is_not_told(site: Site) -> None:
    live = Live(site)
    site.database.write_now(lambda c: c.execute("ALTER TABLE records RENAME TO gone").rowcount)
    tab = live.listen(session_of(site, "rita"))
    told = [(await next_of(tab) or "").partition("\n")[0] for _ in range(len(FACTS) - 1)]
    assert sorted(told) == sorted(f"event: {name}" for name in FACTS if name != "queue")
    live.close()


async def test_what_costs_is_read_seldom(site: Site) -> None:
    readings: Counter[str] = Counter()

    def reading(name: str) -> Callable[[Site], object]:
        return lambda _site: readings.update([name]) or {"number": readings[name]}

    live = Live(site, {name: reading(name) for name in ("queue", "health")})
    tab = live.listen(session_of(site, "rita"))
    while readings["health"] < 3:
        await next_of(tab)
    assert readings["queue"] > 2 * SELDOM
    live.close()


def test_jobs_that_wait_for_an_approval_are_counted(site: Site) -> None:
    assert FACTS["jobs"](site) == {"waiting": 0}
    site.desk.register(case(), ROOT)
    site.desk.register(case("draft"), ROOT, draft=True)
    assert FACTS["jobs"](site) == {"waiting": 1}
