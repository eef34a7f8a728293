"""A home as it is after some days of work: people, jobs in every state, withheld bodies, a ledger, things that wait."""

import asyncio
import hashlib
import itertools
import random
import uuid
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from browser import pictures
from browser.people import PASSWORD
from browser.pictures import Body
from facegate.config import load
from facegate.jobs.desk import Desk
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.spending import spend
from facegate_addons.domain.job import Conditions, Job, Kind, Purpose, Scope, Source, Spending
from facegate_addons.domain.model import QuarantineRecord, utc_now
from facegate_addons.domain.reasons import Reason

PEOPLE = {"olaf": "operator", "omar": "operator", "rita": "reviewer", "rolf": "reviewer", "ada": "admin"}
SETTINGS = """
[accumulation]
subjects = 4
"""
VERSIONS = {"policy": "1:quarantine/quarantine", "model": "centerface"}
HOSTS = ("news.example", "photos.example.org", "cdn.shop.example", "blog.example.net")
# What strangers may send, in every place that is shown.
HOSTILE_URL = "https://evil.example/%3Cscript%3E/<script>alert(1)</script>?q=\"'><img src=x onerror=alert(1)>"
HOSTILE_TYPE = "image/jpeg; a=\"<b onmouseover='alert(1)'>\""
HOSTILE_JOB = '<script>alert(1)</script> & "friends"\' {{ 7 * 7 }}'


class Seeds:
    def __init__(self, home: Path, settings: str = SETTINGS) -> None:
        home.parent.mkdir(parents=True, exist_ok=True)
        self.file = home.with_name("facegate.toml")
        self.file.write_text(f'home = "{home}"\n{settings}')
        self.config = load(self.file)
        self.home = Home.prepare(self.config)
        self._draw = random.Random(4711)
        self._number = itertools.count()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self.database = opened.enter_context(Database.open(self.home.database))
            self.ledger = opened.enter_context(ChainedLedger(self.home.ledger, "cli"))
            key = master_key(self.home, self.config.vault, self.database)
            self.vault = opened.enter_context(SealedVault(self.home, self.database, key, timedelta(days=30)))
            self._thread = opened.enter_context(ThreadPoolExecutor(1))  # for what is awaited: playwright's loop is here
            self._opened = opened.pop_all()
        self.desk = Desk(self.database, self.ledger, self.config.accumulation.thresholds)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def everything(self) -> None:
        self.people()
        self.jobs()
        self.bodies(itertools.chain(pictures.portraits(12), pictures.drawings(6), pictures.unreadable()))
        self.days()

    def people(self) -> None:
        hashed = None
        for name, role in PEOPLE.items():
            if hashed is None:
                users.add(self.database, self.ledger, name, role, PASSWORD)
                hashed = self.database.read("SELECT password_hash FROM users")[0]["password_hash"]
            else:  # one hash for all: each takes a tenth of a second
                values = (name, role, hashed, utc_now().isoformat())
                self.database.write_now(lambda c, v=values: c.execute("INSERT INTO users VALUES (?, ?, ?, ?)", v))  # type: ignore[misc]

    def jobs(self) -> None:
        olaf, omar, rita = (Actor(name, PEOPLE[name], "console") for name in ("olaf", "omar", "rita"))
        self.desk.register(Job("news-index", "olaf", "an index of news pages"), olaf)
        self.desk.register(Job("old-index", "omar", HOSTILE_JOB), omar)
        self.desk.revoke("old-index", rita, "the crawl ended")
        self.desk.register(targeted("not-yet", "olaf"), olaf, draft=True)
        self.desk.register(targeted("waiting-4712", "olaf"), olaf)
        for name, days, most in (("missing-4711", 2, 10), ("changed-4713", 60, 500), ("spent-4714", 60, 1)):
            self.desk.register(targeted(name, "olaf", days=days, max_releases=most), olaf)
            self.desk.approve(name, rita, why="the order was seen")
        self.desk.register(targeted("group-4715", "omar", subjects=5), omar)
        self.desk.approve("group-4715", rita, why="five persons who asked for it")
        changed = targeted("changed-4713", "olaf", subjects=2, hosts=("news.example", "*.example.org"), days=90)
        self.desk.register(changed, olaf)
        for job, faces in (("missing-4711", 9), ("spent-4714", 1)):
            for _ in range(faces):
                self._spend(job, Spending(20_000, faces=1))

    def bodies(self, bodies: Iterable[Body], job: str = "news-index") -> list[str]:
        """Their records' ids, each seen at a place of its own, the first of them somewhere hostile."""
        return self.keep([(self.record(body, job), body.data) for body in bodies])

    def keep(self, kept: list[tuple[QuarantineRecord, bytes]]) -> list[str]:
        return self._await(lambda: self._keep(kept))

    def in_days(self, days: int) -> str:
        """A time as a form takes it."""
        return f"{utc_now() + timedelta(days=days):%Y-%m-%dT00:00:00}"

    def open_records(self) -> list[str]:
        """Their ids, as the queue has them: the newest first."""
        rows = self.database.read("SELECT id FROM records WHERE state = 'open' ORDER BY seq DESC")
        return [row["id"] for row in rows]

    def record(
        self, body: Body, job: str = "news-index", *, url: str = "", ago: timedelta | None = None
    ) -> QuarantineRecord:
        number = next(self._number)
        at = utc_now() - (timedelta(minutes=7 * number % 4000) if ago is None else ago)
        hostile = number == 0 and not url
        return QuarantineRecord(
            id=uuid.UUID(int=self._draw.getrandbits(128)).hex,
            job=job,
            url=HOSTILE_URL if hostile else url or f"https://{HOSTS[number % len(HOSTS)]}/pictures/{number:04}.jpg",
            digest=hashlib.sha256(body.data).hexdigest(),
            size=len(body.data),
            content_type=HOSTILE_TYPE if hostile else body.content_type,
            reason=body.reason,
            at=at,
            expires=at + timedelta(days=30),
            versions=VERSIONS,
            findings=body.findings,
            detail=body.detail,
        )

    def days(self, number: int = 7) -> None:
        """Exchanges as a gateway notes them, until an hour ago."""
        with ChainedLedger(self.home.ledger, "gateway-0") as gateway:
            for hour in range(number * 24 - 1, 0, -1):
                for each in range(self._draw.randrange(1, 9)):
                    gateway.append(self._exchange(timedelta(hours=hour, minutes=59 - 7 * each)))

    def _exchange(self, ago: timedelta) -> dict[str, object]:
        reason = self._draw.choices(
            [Reason.CLEAR, Reason.FACES, Reason.UNKNOWN_TYPE, Reason.OUT_OF_SCOPE, Reason.TARGETED], [70, 15, 5, 5, 5]
        )[0]
        action, status = {
            Reason.CLEAR: ("pass", 200),
            Reason.TARGETED: ("pass", 200),
            Reason.OUT_OF_SCOPE: ("refuse", 403),
        }.get(reason, ("quarantine", 451))
        targeted = reason in (Reason.TARGETED, Reason.OUT_OF_SCOPE)
        return {
            "event": "exchange",
            "at": (utc_now() - ago).isoformat(),
            "id": uuid.UUID(int=self._draw.getrandbits(128)).hex,
            "job": "missing-4711" if targeted else "news-index",
            "operator": "olaf",
            "scope": "individual" if targeted else "untargeted",
            "method": "GET",
            "url": f"https://{self._draw.choice(HOSTS)}/{self._draw.randrange(1000)}.jpg",
            "origin_status": 200,
            "status": status,
            "action": action,
            "reason": reason.value,
            "detail": "",
            "faces": int(reason in (Reason.FACES, Reason.TARGETED)),
            "digest": hashlib.sha256(self._draw.randbytes(8)).hexdigest(),
            "redacted": "",
            "size": self._draw.randrange(2_000, 400_000),
            "record": "",
            "ms": self._draw.randrange(4, 120),
            "versions": VERSIONS,
        }

    async def _keep(self, kept: list[tuple[QuarantineRecord, bytes]]) -> list[str]:
        await asyncio.gather(*(self.vault.keep(record, body) for record, body in kept))
        return [record.id for record, _ in kept]

    def _spend(self, job: str, spending: Spending) -> None:
        thresholds = self.config.accumulation.thresholds
        refused = self.database.write_now(
            lambda connection: spend(connection, self.ledger, job, spending, thresholds, utc_now())
        )
        assert refused is None, refused

    def _await[T](self, make: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            return await make()

        return self._thread.submit(asyncio.run, run()).result()


def targeted(
    name: str,
    operator: str,
    *,
    subjects: int = 1,
    hosts: tuple[str, ...] = ("news.example",),
    days: int = 60,
    max_releases: int = 500,
) -> Job:
    scope = Scope(
        Kind.INDIVIDUAL if subjects == 1 else Kind.GROUP,
        subjects=tuple(f"case-{name[-4:]}-{number}" for number in range(subjects)),
        hosts=hosts,
        legal_basis="consent of the person, in writing",
        reference=f"file {name[-4:]}",
        expires=utc_now() + timedelta(days=days),
        max_releases=max_releases,
    )
    conditions = Conditions(in_the_union=True, purpose=Purpose.SEARCH, automated=True, source=Source.INTERNET)
    return Job(name, operator, "find public sightings of persons who asked for it", scope, conditions=conditions)
