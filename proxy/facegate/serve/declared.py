"""The folder of job files while the gateway runs: what is written there is registered, and what is wrong is told."""

import asyncio
import logging
import threading
import time
from pathlib import Path

from facegate.errors import ConfigError, StateError
from facegate.jobs.apply import applied
from facegate.jobs.declared import Declared, Read, Signature, job_files, once_each, read_declared, signature
from facegate.jobs.desk import Desk
from facegate.jobs.diff import DOES_SOMETHING, Difference, Outcome

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)  # what a file did to a job is nobody's answer to a command: the log is where it is read

PERIOD = 0.5  # seconds between two looks; there is no portable event for a changed folder
SETTLED = 0.5  # seconds since a file was written, or the time between two looks that find it the same
LATE_SECONDS = 300.0  # after which the log says that a look does not end
SHARE = 10  # of the time goes to looks, one part at most: a quiet look at 10,000 files takes 0.1 s of one core


class Follower:
    """Only one gateway of a home has one. All but `follow` and `look_anew` runs in a thread."""

    def __init__(self, desk: Desk, folder: Path, read: Read) -> None:
        self._desk = desk
        self._folder = folder
        self._read = read
        self._seen: dict[str, Signature | None] = {}  # at the last look
        self._read_as: dict[str, Signature | None] = {}
        self._declared: dict[str, Declared] = {}
        self._done: dict[str, Declared] = {}  # as it was applied last
        self._told: dict[str, object] = {}
        self._behind = False  # is something to be applied?
        self._anew = threading.Event()
        self._stopping = threading.Event()
        self._wake = asyncio.Event()

    def look_anew(self) -> None:
        """Look now, and apply every file again. From the event loop."""
        self._anew.set()
        self._wake.set()

    async def follow(self, period: float = PERIOD) -> None:
        """Until it is cancelled; it ends after the file that is under way."""
        while True:
            self._wake.clear()
            began = time.monotonic()
            look = asyncio.create_task(asyncio.to_thread(self.look))
            try:
                if not (await asyncio.wait([look], timeout=LATE_SECONDS))[0]:
                    logger.error("job files: a look at them has not ended for %.0f s; does a disk hang?", LATE_SECONDS)
                await asyncio.shield(look)
            except asyncio.CancelledError:
                self._stopping.set()
                await asyncio.wait([look])  # ledger and database are closed next
                raise
            except Exception:
                logger.exception("job files")  # a bug of ours must not end the gateway
            pause = max(period, (time.monotonic() - began) * SHARE)
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def look(self) -> None:
        """Read what changed and has settled, and apply what says something new."""
        try:
            found = job_files(self._folder)
        except ConfigError as error:
            self._tell("", logging.ERROR, str(error))
            return
        self._told.pop("", None)
        if self._anew.is_set():
            self._anew.clear()
            self._read_as.clear()
            self._done.clear()
            self._behind = True
        for name, now in found.items():
            if self._is_new(name, now):
                self._take(name, now)
        for name in self._declared.keys() - found.keys() - self._seen.keys():
            self._forget(name)  # not there twice: some editors take it away for a moment
        self._behind |= found.keys() != self._seen.keys()
        self._seen = found
        if not self._behind:
            return
        for declared in once_each(self._declared[name] for name in found if name in self._declared):
            if self._stopping.is_set():
                return
            if self._done.get(declared.file) != declared and not self._apply(declared):
                return
        self._behind = False

    def _is_new(self, name: str, now: Signature | None) -> bool:
        if name in self._declared and name in self._read_as and self._read_as[name] == now:
            return False
        unchanged = name in self._seen and self._seen[name] == now
        return unchanged or (now is not None and abs(time.time_ns() - now.modified) >= SETTLED * 1e9)

    def _take(self, name: str, now: Signature | None) -> None:
        path = self._folder / name
        declared = read_declared(path, self._read)
        if signature(path) == now:  # else somebody wrote meanwhile: at the next look
            self._declared[name], self._read_as[name] = declared, now
            self._behind = True

    def _forget(self, name: str) -> None:
        was = self._declared.pop(name)
        self._behind = True
        self._read_as.pop(name, None)
        self._done.pop(was.file, None)
        self._told.pop(was.file, None)
        elsewhere = {declared.job.id for declared in self._declared.values() if declared.job}
        if was.job is None or was.job.id in elsewhere:
            return
        logger.warning("%s is there no more; job %s stays as it is", was.file, was.job.id)
        self._note("job-file-gone", was, was.job.id)

    def _apply(self, declared: Declared) -> bool:
        """False when the state cannot be written now: it is tried again at the next look."""
        try:
            found = applied(self._desk, declared)
        except StateError as error:
            self._tell("state", logging.ERROR, f"job files are not applied: {error}")
            return False
        self._told.pop("state", None)
        self._done[declared.file] = declared
        if found.outcome is Outcome.REFUSED:
            self._refused(declared, found)
        else:
            self._told.pop(declared.file, None)
        if found.outcome in DOES_SOMETHING:
            keys = ", ".join(change.key for change in found.changes)
            logger.info("%s: job %s: %s (%s)", found.file, found.job, found.outcome, keys)
        return True

    def _refused(self, declared: Declared, found: Difference) -> None:
        if self._told.get(declared.file) == found:
            return
        self._told[declared.file] = found
        for problem in found.problems:
            logger.error("%s is refused: %s", declared.file, problem)
        self._note("job-file-refused", declared, found.job, problems=list(found.problems))

    def _tell(self, about: str, level: int, text: str) -> None:
        """Once, until something else is to be told about it."""
        if self._told.get(about) != text:
            self._told[about] = text
            logger.log(level, "%s", text)

    def _note(self, event: str, declared: Declared, job: str | None, **more: object) -> None:
        self._desk.ledger.append(
            {"event": event, "file": declared.file, "job": job or "", "by": declared.author, "via": "file", **more}
        )
