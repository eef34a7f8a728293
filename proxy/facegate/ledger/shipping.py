"""The ledgers' lines to a syslog receiver, read from their files: nobody who writes one waits for it.

Where it was is remembered beside the other status files. When the receiver is away the lines stay in their files, and
shipping goes on from there; after a break the last lines may come twice, and a receiver tells by `seq` and `hash`.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facegate.ledger.destination import Destination
from facegate.ledger.follow import Follower, Fresh
from facegate.ledger.position import Position
from facegate.ledger.reading import as_entry
from facegate.ledger.syslog import DATAGRAM_MAX, host_name, message
from facegate.ledger.transport import Transport

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds between two looks at files that grow
BACKOFF = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)  # seconds between attempts while the receiver is away; the last repeats
LAST_SECONDS = 2.0  # at a stop, for what was written last


@dataclass(frozen=True, slots=True)
class Shipped:
    """`problem` is why nothing arrives, "" while it does; `since` is
    when that began, and `at` when this was written, in seconds of the epoch."""

    to: str
    at: float
    lines: int
    problem: str = ""
    since: float = 0.0


def status_path(run: Path) -> Path:
    return run / "syslog.json"


def shipped(run: Path) -> Shipped | None:
    """How it stands; None when nothing is sent. Never raises."""
    try:
        raw: dict[str, Any] = json.loads(status_path(run).read_bytes())
        return Shipped(str(raw["to"]), float(raw["at"]), int(raw["lines"]), str(raw["problem"]), float(raw["since"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


class Shipper:
    """One thread; only one process of a home has one."""

    def __init__(self, ledgers: Path, run: Path, to: Destination, ca: str = "") -> None:
        """Raises ssl.SSLError or OSError when `ca` cannot be used."""
        self._run, self._to = run, to
        self._transport = Transport(to, ca)
        self._most = None if self._transport.is_stream else DATAGRAM_MAX
        self._host = host_name()
        self._sent = _positions(run, str(to))
        self._follower = Follower(ledgers, self._sent)
        self._lines, self._problem, self._since = 0, "", 0.0
        self._stopping = threading.Event()
        self._until = 0.0
        self._thread = threading.Thread(target=self._ship, name="syslog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what was written last, for `LAST_SECONDS` at the most; then ends. Blocks."""
        self._until = time.monotonic() + LAST_SECONDS
        self._stopping.set()
        self._thread.join(LAST_SECONDS + 1.0)

    def _ship(self) -> None:
        failures = 0
        while True:
            last = self._stopping.is_set()
            try:
                more = self._some()
                failures = 0
            except Exception as error:  # noqa: BLE001 - a thread that ended would ship nothing, and say nothing
                failures += 1
                self._failed(error)
                more = False
            if last and (failures or not more or time.monotonic() >= self._until):
                self._transport.close()
                return
            if failures:
                self._stopping.wait(BACKOFF[min(failures, len(BACKOFF)) - 1])
            elif not more:
                self._stopping.wait(POLL)

    def _some(self) -> bool:
        """Send what is new; was there anything?"""
        fresh = self._follower.more()
        if fresh:
            try:
                self._transport.send([self._message(it) for it in fresh], self._gives_up)
            except BaseException:
                self._follower.again(self._sent)
                raise
            self._sent |= {it.name: it.position for it in fresh if it.position is not None}
            self._lines += len(fresh)
        if self._problem:
            logger.warning("syslog: %s takes lines again", self._to)
            self._problem, self._since = "", 0.0
        if fresh or not status_path(self._run).exists():
            self._note()
        return bool(fresh)

    def _message(self, it: Fresh) -> bytes:
        return message(as_entry(it.path, it.line, it.raw), self._host, self._most)

    def _gives_up(self) -> bool:
        return self._stopping.is_set() and time.monotonic() >= self._until

    def _failed(self, error: Exception) -> None:
        """Once in the log for each time that it is away."""
        why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        if not self._problem:
            self._since = time.time()
            logger.error("syslog: %s takes no lines (%s); they are kept and sent later", self._to, why)
        if self._problem != why:
            self._problem = why
            self._note()

    def _note(self) -> None:
        status = Shipped(str(self._to), time.time(), self._lines, self._problem, self._since)
        positions = {name: asdict(position) for name, position in self._sent.items()}
        path = status_path(self._run)
        fresh = path.with_suffix(".tmp")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w") as file:
                json.dump({**asdict(status), "sent": positions}, file)
            fresh.replace(path)
        except OSError as error:  # the lines are out: at worst they come twice after a restart
            logger.warning("syslog: where it was cannot be noted (%s)", error.strerror)


def _positions(run: Path, to: str) -> dict[str, Position]:
    """Where it was; another receiver begins at the first line there is."""
    try:
        raw: Mapping[str, Any] = json.loads(status_path(run).read_bytes())
        if raw["to"] != to:
            return {}
        sent = raw["sent"].items()
        return {
            str(name): Position(int(it["seq"]), str(it["hash"]), int(it["line"]), int(it["offset"]))
            for name, it in sent
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
