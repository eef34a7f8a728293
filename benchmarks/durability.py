"""What was acknowledged is there: kills at random points under load, full disks, Redis or S3 storage that goes away.

Clients ask for pictures with a face (withheld into the quarantine, or counted as releases of a targeted job) and for
pages, and a reviewer writes notes by the API. Acknowledged is what one of them was told of: a record's id, a release
that came, a note. After each blow: all of that is in the state, the ledger's chain holds and has every note, the vault
has a file for each key. In the end: no file without a key, and no plaintext of the pictures below the home. Of S3
storage: objects in place of files, each of which opens, and none that shows a picture; while it is away what would go
there is answered vault-failed, without a record, and pages go on.
"""

import base64
import contextlib
import functools
import json
import os
import random
import re
import resource
import secrets
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx
from console.browsing import PASSWORD
from facegate.config import Config, load
from facegate.errors import ConfigError, StateError
from facegate.jobs.lifecycle import Actor
from facegate.quarantine import s3
from facegate.quarantine.keys import master_key
from facegate.quarantine.storage import blobs_of
from facegate.quarantine.vault import SealedVault
from facegate.state import apitokens, users
from facegate.state.database import Database
from facegate.state.home import Home
from faults.clients import Answer, asked
from faults.launched import Faulty, equipped, furnish
from faults.run import face, nobody
from faults.whole import assert_whole, in_folder, orphans
from live.authority import Authority
from live.client import basic
from live.desk import Desk
from live.origin import Origin
from live.processes import eventually, members
from live.redis_server import RedisServer, as_toml, state_at
from live.withheld import assert_without, parse
from plain_http import NO_TLS
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from s3_between import Asked, Between, Fate
from s3_server import BUCKET, CREDENTIALS, S3Server

OUT = Console()
CONFIG = '[listen]\nworkers = 2\n[egress]\ntrusted_ca = "{ca}"\n'
PATIENCE = 15.0  # seconds of a client
BACK = 60.0  # seconds until it serves again
LULL = 0.4  # seconds at most from one recovery to the next blow: it comes at a random point of what is under way
FULL = 0.3  # seconds that a disk is full, or Redis away
IN_A_ROW = 4  # kills of one blow at most
LOOK = 20  # blows between two looks for plaintext
ENDS = {"gateway": 35, "worker": 45, "console": 14, "supervisor": 3, "all": 3}  # of a hundred kills
SLOW = 8.0  # seconds at most for one request: some come too late
# A storage that is away: its answers, and what else becomes of requests.
FATES = {"500": Fate.FAIL, "503": Fate.REFUSE, "cut": Fate.CUT, "unanswered": Fate.LOSE}
AWAY = (*FATES, "refused", "silent", "slow", "stopped")
VAULT = '[vault]\nurl = "s3://{}/durable"\nendpoint = "{}"\ncredentials = {{ file = "{}" }}\n'
NOTE = re.compile(r"note [0-9a-f]{16}")
WORDS = {"gateway": "facegate.serve.gateway", "worker": "workers.worker", "console": "facegate.console"}


type Strike = Callable[[str], list[str]]  # what was hit
type Done = Callable[[], None]


@dataclass
class Acknowledged:
    records: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    releases: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    past: list[str] = field(default_factory=list)  # what came out and should not have


@dataclass
class Outcome:
    """Of one part; `lost` and `past` have to be empty."""

    part: str
    blows: int = 0
    of: Counter[str] = field(default_factory=Counter)
    records: int = 0
    notes: int = 0
    releases: int = 0
    answers: int = 0
    said: Counter[str] = field(default_factory=Counter)  # the answers by status and reason
    left: int = 0  # files that were without a record for a while
    back: float = 0.0  # seconds at most from the end of a blow until it served again
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)


class Load:
    """Clients that never rest, whatever happens to what they talk to."""

    def __init__(self, site: "Site") -> None:
        self.site, self.told, self._lock = site, Acknowledged(), threading.Lock()
        self._stopping = threading.Event()
        acts = (self._canary, self._canary, self._targeted, self._page, self._note)
        self._threads = [threading.Thread(target=self._go_on, args=(act,), daemon=True) for act in acts]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, act: Callable[[], str]) -> None:
        while not self._stopping.is_set():
            status = act()
            with self._lock:
                self.told.answers[status] += 1
            if status == "none":
                self._stopping.wait(0.05)

    def _canary(self) -> str:
        answer = self.site.asks("canary", "/face")
        with self._lock:
            try:
                assert_without(answer.raw, self.site.canary)
            except AssertionError as error:
                self.told.past.append(str(error))
            if answer.record:
                self.told.records.add(answer.record)
        return said(answer)

    def _targeted(self) -> str:
        answer = self.site.asks("targeted", "/face")
        with self._lock:
            self.told.releases += answer.status == 200
        return said(answer)

    def _page(self) -> str:
        return said(self.site.asks("page", "/text"))

    def _note(self) -> str:
        with self._lock:
            record = next(iter(self.told.records), "")
        text = f"note {secrets.token_hex(8)}"
        if not record or self._stopping.wait(0.1):
            return "none"
        with contextlib.suppress(httpx.HTTPError, OSError):
            if self.site.notes(record, text) == 200:
                with self._lock:
                    self.told.notes.add(text)
                return "noted"
        return "none"


def said(answer: Answer) -> str:
    return f"{answer.status} {answer.reason}".strip() if answer.status else "none"


class Site:
    """A gateway on one home, however often it is started, an origin, and what clients know."""

    def __init__(self, folder: Path, origin: Origin, config: str) -> None:
        self.home, self.origin, self.canary, self._config = folder / "gateway" / "home", origin, face(), config
        self._site, _ = equipped(folder)
        furnish(origin, self.canary, nobody())
        self.gateway = self.start()
        with contextlib.closing(Desk(self.gateway)) as desk:
            self._jobs = {name: basic(name, desk.register(name)) for name in ("canary", "page")}
            self._jobs["targeted"] = basic("targeted", desk.register_targeted("targeted", "127.0.0.1"))
            users.add(desk.database, desk.ledger, "rosa", "reviewer", PASSWORD)
            scopes, life = apitokens.OF_ROLE["reviewer"], timedelta(days=30)
            self._token = apitokens.make(desk.database, desk.ledger, "rosa", scopes, life, Actor("os:bench"))[1]
        self.eventually_serves()

    def start(self) -> Faulty:
        return Faulty(self.home, self._config, inspectors=1, site=self._site).__enter__()

    def asks(self, job: str, path: str, patience: float = PATIENCE) -> Answer:
        return asked(job, self.gateway.proxy, self.origin.url(path), self._jobs[job], patience)

    def notes(self, record: str, text: str) -> int:
        url = f"{self.gateway.console}/api/v1/records/{record}/note"
        fields = {"Authorization": f"Bearer {self._token}"}
        with httpx.Client(trust_env=False, timeout=PATIENCE, verify=NO_TLS) as client:
            return client.post(url, headers=fields, json={"note": text}).status_code

    def eventually_serves(self) -> None:
        def serves() -> bool:
            return self.asks("page", "/text", 5).status == 200 and self.asks("canary", "/face", 10).status == 451

        eventually(serves, BACK, "it serves again")

    def kill(self, what: str, draw: random.Random) -> bool:
        """False where there was none of them just then."""
        if what in WORDS:
            found = sorted(members(self.home, WORDS[what]))
            victims = [draw.choice(found)] if found else []
        else:
            victims = [self.gateway.pid, *(members(self.home, "") if what == "all" else ())]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if what not in WORDS:
            eventually(lambda: not members(self.home, ""), BACK, "its processes have ended")
            self.gateway.wait()
            self.gateway = self.start()
        return bool(victims)

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No process of it may make a file longer, as on a disk that is full."""
        pids = [pid for words in ("facegate.serve.gateway", "facegate.console") for pid in members(self.home, words)]
        before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
        for pid, (_, hard) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            for pid, limits in before.items():
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def end(self) -> None:
        self.gateway.terminate()

    def assert_kept(self, told: Acknowledged) -> None:
        """Everything that was acknowledged so far."""
        records, notes, releases = set(told.records), set(told.notes), told.releases
        assert_whole(self.home, records, self.listed)
        it = Home(self.home)
        with contextlib.closing(sqlite3.connect(f"{it.database.as_uri()}?mode=ro", uri=True)) as database:
            (counted,) = database.execute("SELECT releases FROM jobs WHERE id = 'targeted'").fetchone()
            noted = {row[0] for row in database.execute("SELECT note FROM history")}
        assert counted >= releases, f"{releases - counted} releases are not counted"
        assert not notes - noted, f"{len(notes - noted)} notes are lost"
        lines = {note for path in it.ledger.glob("*.jsonl") for note in NOTE.findall(path.read_text("utf-8"))}
        assert not notes - lines, f"{len(notes - lines)} notes are not in the ledger"

    def assert_no_plaintext(self) -> None:
        """No window of the picture in anything written, as it is, in base64 or in hexadecimal digits."""
        windows = [self.canary[at : at + 48] for at in range(0, len(self.canary) - 48, 48)]
        spelled = [*windows, *map(base64.b64encode, windows), *(window.hex().encode() for window in windows)]
        for name, data in self.written():
            found = next((window for window in spelled if window in data), None)
            assert found is None, f"plaintext of a withheld picture in {name}"

    def written(self) -> Iterator[tuple[str, bytes]]:
        yield from ((path.name, path.read_bytes()) for path in self.home.rglob("*") if path.is_file())

    def listed(self, home: Path) -> Iterable[str]:
        return in_folder(home)

    def orphans(self) -> set[str]:
        return orphans(self.home, self.listed)

    def settings(self) -> Config:
        return load(home=str(self.home))

    @contextlib.contextmanager
    def vault(self) -> Iterator[SealedVault]:
        config = self.settings()
        it = Home.prepare(config)
        with Database.open(it.database) as database:
            key, blobs = master_key(it, config.vault, database), blobs_of(config.vault, it, database)
            with SealedVault(it, database, key, config.vault.keep_for, blobs=blobs) as vault:
                yield vault

    def clean(self) -> None:
        """As the next start does."""
        with self.vault() as vault:
            vault.clean_orphans()
        assert not self.orphans(), "files without a record are left after a clean start"


class Stored(Site):
    """Its vault is on the storage `server`, to which every way leads through `between`."""

    def __init__(self, folder: Path, origin: Origin, config: str, server: S3Server, between: Between) -> None:
        self._server, self._between = server, between
        self._named, self._opened = set[str](), set[str]()
        secret = folder / "credentials"
        secret.touch(mode=0o600)
        secret.write_text(":".join(CREDENTIALS.values()))
        super().__init__(folder, origin, config + VAULT.format(BUCKET, between.endpoint, secret))

    def asks(self, job: str, path: str, patience: float = PATIENCE) -> Answer:
        """Whatever record an answer names, it was told of."""
        answer = super().asks(job, path, patience)
        self._named.update(filter(None, [promised(answer)]))
        return answer

    @contextlib.contextmanager
    def away(self, how: str, draw: random.Random) -> Iterator[None]:
        over, delays = threading.Event(), random.Random(draw.random())

        def silent(_: Asked) -> Fate:
            over.wait()
            return Fate.CUT

        def slow(_: Asked) -> Fate:
            over.wait(delays.uniform(0, SLOW))
            return Fate.PASS

        with ExitStack() as stack:
            if how == "refused":
                stack.enter_context(self._between.refusing())
            elif how == "stopped":
                self._server.fall_silent()
                stack.callback(self._server.speak)
            else:
                fates = {"silent": silent, "slow": slow}
                self._between.fate = fates[how] if how in fates else lambda _: FATES[how]
                stack.callback(over.set)
                stack.callback(setattr, self._between, "fate", lambda _: Fate.PASS)
            yield

    def assert_withholds(self, how: str) -> None:
        """A picture comes with no promise, and pages go on meanwhile."""
        with ThreadPoolExecutor(1) as threads:
            picture, pages = threads.submit(self.asks, "canary", "/face"), set[int]()
            while not picture.done() or not pages:
                pages.add(self.asks("page", "/text").status)
        answer = picture.result()
        assert pages == {200}, f"pages are answered {pages}"
        assert_without(answer.raw, self.canary)
        assert said(answer) == "503 vault-failed" or (how == "slow" and answer.record), f"it says {said(answer)}"
        assert answer.status == 451 or not promised(answer), "a record is promised that is nowhere"

    def eventually_serves(self) -> None:
        super().eventually_serves()

        def ready() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                url = f"{self.gateway.console}/readyz"
                return httpx.get(url, trust_env=False, verify=NO_TLS, timeout=PATIENCE).status_code == 200
            return False

        eventually(ready, BACK, "it says that it is ready")

    def assert_kept(self, told: Acknowledged) -> None:
        super().assert_kept(replace(told, records=told.records | self._named))
        database = f"{Home(self.home).database.as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
            records = {row[0] for row in connection.execute("SELECT id FROM records WHERE wrapped_key NOT NULL")}
        try:
            with self.vault() as vault:
                for record in records - self._opened:
                    vault.check(record, with_bytes=True)
                    self._opened.add(record)
        except (ConfigError, StateError) as error:
            raise AssertionError(str(error)) from None

    def written(self) -> Iterator[tuple[str, bytes]]:
        yield from super().written()
        yield from self._server.objects().items()
        sent, self._between.asked = self._between.asked, []
        yield from ((f"a {asked.method}", asked.body) for asked in sent)

    def listed(self, _home: Path) -> Iterable[str]:
        return [name for name in self._server.names() if not name.endswith(f"/{s3.PROBE}")]

    def settings(self) -> Config:
        return load(self.gateway.config, home=str(self.home), vault__endpoint=self._server.endpoint)

    def end(self) -> None:
        super().end()
        self._opened.clear()  # each is opened once more

    def clean(self) -> None:
        """As the next start does, an hour later."""
        settled, s3.SETTLED = s3.SETTLED, timedelta(seconds=-1)
        try:
            super().clean()
        finally:
            s3.SETTLED = settled


def promised(answer: Answer) -> str:
    """The record that an answer names."""
    return parse(answer.raw).headers.get("facegate-record", "") if answer.status else ""


def suffer(site: Site, outcome: Outcome, blows: list[str], strike: Strike, draw: random.Random, done: Done) -> None:
    begun = time.monotonic()
    with Load(site) as load, contextlib.suppress(KeyboardInterrupt):  # then what was found so far is told
        for number, what in enumerate(blows, 1):
            time.sleep(draw.uniform(0, LULL))
            try:
                outcome.of.update(strike(what))
                struck = time.monotonic()
                site.eventually_serves()
                outcome.back = max(outcome.back, round(time.monotonic() - struck, 1))
                site.assert_kept(load.told)
                if number % LOOK == 0:
                    site.assert_no_plaintext()
            except AssertionError as error:
                outcome.lost.append(f"{what}, blow {number}: {str(error).splitlines()[0]}")
            outcome.blows = number
            if number % LOOK == 0:
                OUT.print(
                    f"{outcome.part}: {number} blows, {sum(outcome.of.values())} hits, {len(outcome.lost)} losses"
                )
            outcome.left = max(outcome.left, len(site.orphans()))
            done()
    told = load.told
    site.end()
    try:
        site.assert_kept(told)
        site.clean()
        site.assert_no_plaintext()
    except AssertionError as error:
        outcome.lost.append(f"in the end: {str(error).splitlines()[0]}")
    outcome.records, outcome.notes, outcome.releases = len(told.records), len(told.notes), told.releases
    outcome.answers, outcome.said, outcome.past = told.answers.total(), told.answers, told.past
    outcome.seconds = round(time.monotonic() - begun, 1)


def kills(
    count: int, draw: random.Random, config: str, origin: Origin, folder: Path, done: Done, row: int = IN_A_ROW
) -> Outcome:
    """A blow is up to `row` kills, one after the other, so that who starts again meets the next."""
    site, outcome = Site(folder, origin, config), Outcome("kill -9")
    blows = [" ".join(draw.choices(list(ENDS), list(ENDS.values()), k=draw.randint(1, row))) for _ in range(count)]

    def strike(blow: str) -> list[str]:
        hit = []
        for what in blow.split(" "):
            time.sleep(draw.uniform(0, LULL / 2))
            hit += [what] if site.kill(what, draw) else []
        return hit

    suffer(site, outcome, blows, strike, draw, done)
    return outcome


def full_disks(count: int, draw: random.Random, config: str, origin: Origin, folder: Path, done: Done) -> Outcome:
    site, outcome = Site(folder, origin, config), Outcome("full disk")

    def strike(what: str) -> list[str]:
        with site.full():
            time.sleep(draw.uniform(0, FULL))
        return [what]

    suffer(site, outcome, ["full"] * count, strike, draw, done)
    return outcome


def redis_away(count: int, draw: random.Random, config: str, origin: Origin, folder: Path, done: Done) -> Outcome:
    outcome = Outcome("Redis away")
    with RedisServer("redis-server", folder / "redis") as server:
        site = Site(folder, origin, config + as_toml(state_at(server.url, folder)))

        def strike(what: str) -> list[str]:
            with server.away(what):
                time.sleep(draw.uniform(0, FULL))
            return [what]

        suffer(site, outcome, draw.choices(["killed", "stopped"], k=count), strike, draw, done)
    return outcome


def storage_away(count: int, draw: random.Random, config: str, origin: Origin, folder: Path, done: Done) -> Outcome:
    outcome = Outcome("S3 away")
    with S3Server() as server, Between(server.endpoint) as between:
        site = Stored(folder, origin, config, server, between)

        def strike(what: str) -> list[str]:
            with site.away(what, draw):
                time.sleep(draw.uniform(0, FULL))
                site.assert_withholds(what)
            return [what]

        suffer(site, outcome, draw.choices(AWAY, k=count), strike, draw, done)
    return outcome


PARTS: dict[str, Callable[..., Outcome]] = {"kills": kills, "full": full_disks, "redis": redis_away, "s3": storage_away}


def run(counts: dict[str, int], seed: int, progress: Progress | None = None, row: int = IN_A_ROW) -> list[Outcome]:
    parts = PARTS | {"kills": functools.partial(kills, row=row)}
    found = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facegate-durability-")))
        (folder / "authority").mkdir()
        config = CONFIG.format(ca=Authority(folder / "authority").pem)
        origin = stack.enter_context(Origin())
        for name, count in counts.items():
            if count:
                task = progress.add_task(name, total=count) if progress else None
                done = (lambda task=task: progress.advance(task)) if progress else (lambda: None)
                (folder / name).mkdir()
                found.append(parts[name](count, random.Random(f"{seed} {name}"), config, origin, folder / name, done))
    return found


def table(outcomes: list[Outcome]) -> Table:
    shown = Table(title="what was acknowledged, after each blow", title_justify="left")
    columns = ("", "blows", "hits", "answers", "records", "releases", "notes", "lost", "past", "seconds")
    for column in columns:
        shown.add_column(column, justify="right" if column else "left")
    for it in outcomes:
        counts = (it.blows, it.of.total(), it.answers, it.records, it.releases, it.notes, len(it.lost), len(it.past))
        shown.add_row(it.part, *map(str, counts), str(it.seconds))
    return shown


@click.command(help=__doc__)
@click.option("--kills", default=200, show_default=True, help="Blows of some kills each.")
@click.option("--in-a-row", "row", default=IN_A_ROW, show_default=True, help="Kills of one blow at most.")
@click.option("--full", default=50, show_default=True, help="Disks that are full for a moment.")
@click.option("--redis", default=50, show_default=True, help="Times that Redis is killed or stopped.")
@click.option("--s3", "storage", default=50, show_default=True, help="Times that the vault's S3 storage is away.")
@click.option("--seed", type=int, help="Of what is hit, and when; drawn and printed without it.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything to this file.")
def main(kills: int, row: int, full: int, redis: int, storage: int, seed: int | None, json_file: Path | None) -> None:
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    OUT.print(f"seed {seed}")
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        outcomes = run({"kills": kills, "full": full, "redis": redis, "s3": storage}, seed, progress, row)
    OUT.print(table(outcomes))
    for it in outcomes:
        OUT.print(f"{it.part}: {', '.join(f'{count} {what}' for what, count in it.of.items())}")
        OUT.print(f"answered: {', '.join(f'{count} {what}' for what, count in it.said.most_common())}")
        OUT.print(f"served again within {it.back} s; at most {it.left} files without a record at a time")
        for wrong in (*it.lost, *it.past):
            OUT.print(wrong, style="red")
    if json_file:
        facts: dict[str, Any] = {"seed": seed, "parts": [vars(it) for it in outcomes]}
        json_file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    if any(it.lost or it.past for it in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
