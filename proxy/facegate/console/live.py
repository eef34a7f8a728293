"""What changes while somebody looks: read once a second for all tabs together, and only while there are any."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from facegate_addons.domain.model import utc_now
from starlette.concurrency import run_in_threadpool

from facegate.console.health import not_ready
from facegate.console.overview import open_records, traffic, waiting_releases
from facegate.console.sessions import Session
from facegate.console.site import Site
from facegate.errors import FacegateError
from facegate.state.joblist import count_waiting
from facegate.state.users import account

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds
TABS = 100  # at once: each holds a connection
OF_ONE = 8  # of one session: browsers open six to one host
SELDOM = 5  # rounds after which what costs more is read again

Fact = Callable[[Site], Any]


def _queue(site: Site) -> dict[str, Any]:
    return {"open": open_records(site.database), "releases": waiting_releases(site.database)}


def _jobs(site: Site) -> dict[str, Any]:
    return {"waiting": count_waiting(site.database)}


def _traffic(site: Site) -> dict[str, Any]:
    return traffic(site.database, utc_now()).today


def _health(site: Site) -> dict[str, Any]:
    why = not_ready(site.home, site.database, site.ledger)
    return {"state": "ready" if not why else "not ready", "ready": not why, "why": why}


# The name of an event, and what it tells; "queue.open" in a page's data-live is the value of `open` in `queue`.
FACTS: dict[str, Fact] = {"queue": _queue, "jobs": _jobs, "traffic": _traffic, "health": _health}
FOR_ALL = ("health",)  # the others are for reviewers and admins
COSTLY = ("health",)  # it tries whether the disk can be written


@dataclass(eq=False)
class Tab:
    session: Session
    waiting: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(50))


class Live:
    def __init__(self, site: Site, facts: dict[str, Fact] | None = None) -> None:
        self._site = site
        self._facts = FACTS if facts is None else facts
        self._tabs: set[Tab] = set()
        self._told: dict[str, str] = {}
        self._polling: asyncio.Task[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._tabs)

    def has_room(self, session: Session) -> bool:
        mine = sum(tab.session is session for tab in self._tabs)
        return not self._closed and len(self._tabs) < TABS and mine < OF_ONE

    def listen(self, session: Session) -> Tab:
        """From within the event loop."""
        tab = Tab(session)
        if self._closed:
            _end(tab)
            return tab
        if self._polling is None or self._polling.done():
            self._told.clear()
            self._polling = asyncio.create_task(self._poll())
        for name, text in self._told.items():
            self._send(tab, name, text)
        self._tabs.add(tab)
        return tab

    def leave(self, tab: Tab) -> None:
        self._tabs.discard(tab)

    def close(self) -> None:
        """Every stream ends."""
        self._closed = True
        if self._polling is not None:
            self._polling.cancel()
        for tab in self._tabs:
            _end(tab)

    async def _poll(self) -> None:
        rounds = 0
        while self._tabs:
            tabs = list(self._tabs)
            wanted = [name for name in self._facts if name not in COSTLY or rounds % SELDOM == 0]
            try:
                facts, over = await run_in_threadpool(self._look, wanted, {tab.session for tab in tabs})
            except Exception:
                logger.exception("what is live cannot be read")
                facts, over = {}, set()
            for tab in tabs:
                if tab.session in over:
                    _end(tab)
            for name, text in facts.items():
                if self._told.get(name) != text:
                    self._told[name] = text
                    for tab in self._tabs:
                        self._send(tab, name, text)
            rounds += 1
            await asyncio.sleep(EVERY)

    def _look(self, wanted: list[str], sessions: set[Session]) -> tuple[dict[str, str], set[Session]]:
        """In a thread. What cannot be read is not told."""
        facts = {}
        for name in wanted:
            with contextlib.suppress(FacegateError):
                facts[name] = json.dumps(self._facts[name](self._site))
        return facts, {session for session in sessions if not self._stands(session)}

    def _stands(self, session: Session) -> bool:
        if not self._site.sessions.alive(session):
            return False
        try:
            user = account(self._site.database, session.user)
        except FacegateError:
            return True
        return user is not None and user.seal == session.seal

    def _send(self, tab: Tab, name: str, text: str) -> None:
        if name in FOR_ALL or tab.session.role != "operator":
            try:
                tab.waiting.put_nowait(f"event: {name}\ndata: {text}\n\n")
            except asyncio.QueueFull:  # it does not read: it connects anew when it does
                _end(tab)


def _end(tab: Tab) -> None:
    while not tab.waiting.empty():
        tab.waiting.get_nowait()
    tab.waiting.put_nowait(None)
