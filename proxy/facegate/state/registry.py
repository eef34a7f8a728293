"""The jobs as a running gateway sees them: from memory, never older than a moment."""

import asyncio
import hashlib
import hmac
import logging
import sqlite3
import threading
from collections.abc import Mapping
from typing import Final

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import utc_now
from facegate_addons.domain.reasons import Reason

from facegate.errors import StateError
from facegate.state.database import Database, connect
from facegate.state.rows import job_from_row

logger = logging.getLogger(__name__)

# The job of whoever uses a gateway on loopback without credentials. It is nobody's to register or approve.
LOCAL_JOB: Final = Job("untargeted", "local", "everything on this machine that named no job")

POLL_SECONDS = 0.1  # "effective within a second" leaves room for a busy machine; a poll costs about 10 µs

_Snapshot = Mapping[str, tuple[Job, bytes]]


class JobRegistry:
    """ports.Registry over the database. `start` before use, `stop` at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: _Snapshot = {}
        self._healthy = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def healthy(self) -> bool:
        """False while the database does not answer; the last known jobs stay in force, releases stop by themselves."""
        return self._healthy

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        """The job whose token this is, in whatever state it is; None when either is wrong. In constant time."""
        job, expected = self._jobs.get(job_id, (None, b"\0" * 32))
        given = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        return job if hmac.compare_digest(given, expected) else None

    async def get(self, job_id: str) -> Job | None:
        if job_id == LOCAL_JOB.id:
            return LOCAL_JOB
        return self._jobs.get(job_id, (None, b""))[0]

    async def spend(self, job_id: str, spending: Spending) -> Reason | None:
        """ports.Registry. Raises StateError when it cannot be written."""

        def spend(connection: sqlite3.Connection) -> Reason | None:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None or not job_from_row(row).in_force(utc_now()):
                return Reason.FACES
            if row["max_releases"] is not None and row["releases"] + spending.releases > row["max_releases"]:
                return Reason.BUDGET_SPENT
            connection.execute("UPDATE jobs SET releases = releases + ? WHERE id = ?", (spending.releases, job_id))
            return None

        return await self._database.write(spend)

    async def start(self) -> None:
        """Returns with the jobs in memory. Raises StateError when they cannot be read."""
        poller = await asyncio.to_thread(_Poller, self._database)
        self._jobs = poller.first
        self._healthy = True
        self._thread = threading.Thread(target=self._follow, args=(poller,), name="registry", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _follow(self, poller: "_Poller") -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                changed = poller.poll()
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave `healthy` true and old jobs in force
                if self._healthy:
                    logger.error("jobs cannot be read: %s", error)  # noqa: TRY400 - one line, no traceback
                self._healthy = False
                continue
            if changed is not None:
                self._jobs = changed
            self._healthy = True
        poller.close()


class _Poller:
    """Reads the jobs again when somebody wrote them. `data_version` changes with every foreign COMMIT, the
    counter only with the jobs: a busy quarantine costs no reloads."""

    def __init__(self, database: Database) -> None:
        self._path = database.path
        self._seen: tuple[int, int] | None = None
        try:
            self._connection = connect(self._path)
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: cannot be read ({error})") from None
        self.first: _Snapshot = self.poll() or {}

    def poll(self) -> _Snapshot | None:
        try:
            version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if self._seen is not None and self._seen[0] == version:
                return None
            counter: int = self._connection.execute("SELECT counter FROM changes WHERE part = 'jobs'").fetchone()[0]
            if self._seen is not None and self._seen[1] == counter:
                self._seen = (version, counter)
                return None
            # Both were read before the rows: a change in between is seen again at the next poll.
            jobs = _readable(self._connection.execute("SELECT * FROM jobs").fetchall())
        except sqlite3.Error as error:
            raise StateError(f"{self._path}: cannot be read ({error})") from None
        self._seen = (version, counter)
        return jobs

    def close(self) -> None:
        self._connection.close()


def _readable(rows: list[sqlite3.Row]) -> _Snapshot:
    """A row that was tampered with is no job: its credentials are refused."""
    jobs = {}
    for row in rows:
        try:
            jobs[row["id"]] = (job_from_row(row), row["token_hash"])
        except StateError:
            continue
    return jobs
