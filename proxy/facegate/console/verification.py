"""The ledger verified while somebody looks on: one at a time, in a thread, with its outcome as a line in the ledger."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from facegate.errors import FacegateError
from facegate.jobs.lifecycle import Actor
from facegate.ledger.audit import audit
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.files import all_files
from facegate.ledger.lookup import Entry, Wanted, find

logger = logging.getLogger(__name__)

EVENT = "ledger-verified"
PAUSE = 0.001  # seconds after each piece that was read: whoever asks for a page meanwhile gets it
_BAD = 20  # lines that are named
_LOOKED = 64 << 20  # bytes of the console's own that are looked at for the last outcome


@dataclass(frozen=True, slots=True)
class Examined:
    """`bad`: each damage as "FILE:LINE: what", the first of each file, and "FILE: what" of a checkpoint. `notes` are no
    damage. `checkpoint`: the number of the newest one."""

    lines: int
    files: int
    bad: tuple[str, ...]
    notes: tuple[str, ...]
    checkpoint: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` bytes. `failed`: one line, when it could not be finished."""

    running: bool = False
    done: int = 0
    total: int = 0
    by: str = ""
    failed: str = ""

    @property
    def percent(self) -> int:
        return min(99 if self.running else 100, self.done * 100 // self.total) if self.total else 0

    def as_json(self) -> dict[str, Any]:
        return {"running": self.running, "percent": self.percent, "by": self.by, "failed": self.failed}


def examine(folder: Path, heard: Callable[[int], object] = lambda _bytes: None) -> Examined:
    """Walk every chain, and hold it against the signed checkpoints. `heard` is told of bytes that were read. Raises
    StateError."""
    found = audit(folder, read_bytes=heard)
    damaged = [f"{it.file}:{it.bad_line}: {it.problem}" for it in found.reports if not it.ok]
    notes = tuple(f"{it.file}: {note}" for it in found.reports for note in it.notes)
    lines = sum(it.lines for it in found.reports)
    checkpoint = found.newest.number if found.newest is not None else None
    return Examined(lines, len(found.reports), (*damaged, *found.problems), notes, checkpoint)


class Verification:
    """One for the process."""

    def __init__(self, folder: Path, ledger: ChainedLedger) -> None:
        self._folder, self._ledger = folder, ledger
        self._lock = threading.Lock()
        self._progress = Progress()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> Progress:
        return self._progress

    def start(self, by: Actor) -> bool:
        """False when one is under way."""
        with self._lock:
            if self._progress.running:
                return False
            total = sum(path.stat().st_size for path in all_files(self._folder) if path.exists())
            self._progress = Progress(running=True, total=total, by=by.name)
            self._thread = threading.Thread(target=self._run, args=(by,), name="ledger-verification", daemon=True)
            self._thread.start()
            return True

    def wait(self, timeout: float) -> None:
        if self._thread is not None:
            self._thread.join(timeout)

    def _heard(self, read: int) -> None:
        self._progress = replace(self._progress, done=self._progress.done + read)
        time.sleep(PAUSE)

    def _run(self, by: Actor) -> None:
        failed = ""
        try:
            found = examine(self._folder, self._heard)
            facts = {"ok": not found.bad, "lines": found.lines, "files": found.files, "checkpoint": found.checkpoint}
            said = {"bad": list(found.bad[:_BAD]), "notes": list(found.notes[:_BAD])}
            self._ledger.append_now({"event": EVENT, "by": by.name, "via": by.via, "role": by.role, **facts, **said})
        except FacegateError as error:
            logger.error("%s", error)  # noqa: TRY400 - names paths of the home: for the log only
            failed = "the ledger could not be verified; the console's log says why"
        except Exception:
            logger.exception("the verification of the ledger failed")
            failed = "the ledger could not be verified; the console's log says why"
        was = self._progress
        self._progress = Progress(done=was.total, total=was.total, by=by.name, failed=failed)


def last_outcome(folder: Path) -> Entry | None:
    """What the last verification from a console came to, by the ledger itself."""
    found = find(folder, Wanted(ledger="console", event=EVENT), limit=1, most=_LOOKED).entries
    return found[0] if found else None
