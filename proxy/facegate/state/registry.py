"""The jobs as a running gateway sees them: those in use from memory, never older than a moment; a million more cost
nothing."""

import asyncio
import hashlib
import hmac
import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason

from facegate.errors import Altered
from facegate.jobs.record import Token
from facegate.ledger.chained import ChainedLedger
from facegate.state import jobs as rows
from facegate.state.changes import ChangeLog
from facegate.state.database import Database
from facegate.state.spending import spend
from facegate.thresholds import Thresholds

logger = logging.getLogger(__name__)

# The job of whoever uses a gateway on loopback without credentials. It is nobody's to register or approve.
LOCAL_JOB: Final = Job("untargeted", "local", "everything on this machine that named no job")

POLL_SECONDS = 0.1  # "effective within a second" leaves room for a busy machine; a poll costs about 10 µs
STALLED = 5.0  # seconds without a look at what changed: the disk hangs, and jobs that were revoked may be in force
REMEMBERED = 10_000  # jobs, about 2 KB each; more crawl through one gateway at a time nowhere


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of one id; without a job when there is none, so that guessing does not read the disk."""

    job: Job | None
    tokens: tuple[Token, ...] = ()


_NOBODY = _Known(None)


class JobRegistry:
    """ports.Registry over the database. `start` before use, `stop` at the end.

    `secret` is what signing keys are derived from (keys.identity_secret); `thresholds` is asked at each release.
    """

    def __init__(
        self, database: Database, ledger: ChainedLedger, secret: bytes, thresholds: Callable[[], Thresholds]
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._secret = secret
        self._thresholds = thresholds
        self._jobs: OrderedDict[str, _Known] = OrderedDict()
        self._reading: dict[str, asyncio.Future[_Known]] = {}
        self._epoch = 0  # counts what was forgotten
        self._lock = threading.Lock()
        self._healthy = False
        self._looked = time.monotonic()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def healthy(self) -> bool:
        """False while the database does not answer; the last known jobs stay in force, releases stop by themselves."""
        return self._healthy and time.monotonic() - self._looked < STALLED

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        """In constant time, whether there is such a job or not. Raises StateError when neither memory nor disk tell."""
        known = await self._known(job_id)
        given = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now, fits = utc_now(), False
        for candidate in known.tokens or (_NO_TOKEN,):
            fits |= hmac.compare_digest(given, candidate.hash) and candidate.good(now)
        return known.job if fits else None

    async def get(self, job_id: str) -> Job | None:
        return LOCAL_JOB if job_id == LOCAL_JOB.id else (await self._known(job_id)).job

    async def signing_keys(self, job_id: str) -> tuple[bytes, ...]:
        """Those of its good tokens, the newest first; none for a job that is not there."""
        known, now = await self._known(job_id), utc_now()
        good = sorted((t.generation for t in known.tokens if t.good(now)), reverse=True)
        return tuple(signing_key(self._secret, job_id, generation) for generation in good)

    async def spend(self, job_id: str, spending: Spending) -> Reason | None:
        """Raises StateError when it cannot be written."""

        def change(connection: sqlite3.Connection) -> Reason | None:
            return spend(connection, self._ledger, job_id, spending, self._thresholds(), utc_now())

        return await self._database.write(change)

    async def start(self) -> None:
        """Raises StateError when the jobs cannot be read."""
        poller = await asyncio.to_thread(ChangeLog, self._database.path, "job_changes", "job")
        self._healthy = True
        self._thread = threading.Thread(target=self._follow, args=(poller,), name="registry", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    async def _known(self, job_id: str) -> _Known:
        with self._lock:
            known = self._jobs.get(job_id)
            if known is not None:
                self._jobs.move_to_end(job_id)
                return known
        reading = self._reading.get(job_id)
        if reading is None:  # one look at the disk for all who ask at once
            reading = self._reading[job_id] = asyncio.ensure_future(asyncio.to_thread(self._read, job_id))
            reading.add_done_callback(lambda _done: self._reading.pop(job_id, None))
        return await asyncio.shield(reading)

    def _read(self, job_id: str) -> _Known:
        epoch = self._epoch
        try:
            known = self._database.look(lambda connection: _read(connection, job_id))
        except Altered:
            known = _NOBODY  # a row that was tampered with is no job: its credentials are refused
        with self._lock:
            if epoch == self._epoch:  # else it may have changed since it was read
                self._jobs[job_id] = known
                while len(self._jobs) > REMEMBERED:
                    self._jobs.popitem(last=False)
        return known

    def _forget(self, changed: list[str] | None) -> None:
        """None: nobody can tell which."""
        with self._lock:
            self._epoch += 1
            if changed is None:
                self._jobs.clear()
            for job_id in changed or ():
                self._jobs.pop(job_id, None)

    def _follow(self, poller: ChangeLog) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            self._looked = time.monotonic()
            try:
                changed = poller.poll()
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave `healthy` true and old jobs in force
                if self._healthy:
                    logger.error("jobs cannot be read: %s", error)  # noqa: TRY400 - one line, no traceback
                self._healthy = False
                continue
            if changed != []:
                self._forget(changed)
            self._healthy = True
        poller.close()


_NO_TOKEN = Token(b"\0" * 32, 0)


def signing_key(secret: bytes, job_id: str, generation: int) -> bytes:
    """32 bytes for the holder of the job's token of that generation. Derived, so that none is stored."""
    return hmac.digest(secret, f"{job_id}\n{generation}".encode("utf-8", "surrogatepass"), hashlib.sha256)


def _read(connection: sqlite3.Connection, job_id: str) -> _Known:
    try:
        found = rows.current(connection, job_id)
    except UnicodeEncodeError:  # half a character, in hostile credentials
        return _NOBODY
    return _NOBODY if found is None else _Known(found[0], rows.tokens(connection, job_id))
