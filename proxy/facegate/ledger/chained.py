"""The hash-chained audit log as a process writes it: never waits, keeps the order, says when it is not durable."""

import collections
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from facegate_addons.domain.model import utc_now

from facegate.errors import StateError
from facegate.ledger.file import LedgerFile
from facegate.ledger.rotation import Rotation

BATCH = 512  # lines in one fdatasync: a few 100 KB, a few ms
KEPT = 100_000  # lines kept in memory while the disk is away, some 100 MB; more are counted, and the count is written
LINGER = 0.02  # seconds a batch waits for more lines, unless somebody waits for it: 50 fdatasyncs a second, not 400
STALLED = 5.0  # seconds for one batch, which takes some ms: a disk that needs longer hangs
BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between attempts; the last repeats


class ChainedLedger:
    """ports.Ledger: one writer thread, one file, one name for each process (`gateway-0`, `cli`)."""

    def __init__(self, folder: Path, name: str, *, wait: float = 0.0, rotation: Rotation | None = None) -> None:
        """Raises StateError when the file cannot be opened, or another process holds it after `wait` seconds."""
        self._file = LedgerFile(folder, name, wait, rotation)
        self._pending: collections.deque[dict[str, object]] = collections.deque()
        self._since: float | None = None  # when the write that is under way began
        self._hurry = 0  # callers of `flush` that wait
        self._dropped = 0
        self._healthy = True
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"ledger-{name}", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        """False from the first failed write until everything that was kept is on disk, and while a write hangs."""
        since = self._since
        return self._healthy and (since is None or time.monotonic() - since < STALLED)

    @property
    def waiting(self) -> int:
        """Lines that are not on disk yet."""
        return len(self._pending)

    def append(self, entry: Mapping[str, object]) -> None:
        """Never blocks and never raises. `at` is added when it is missing."""
        line = {"at": utc_now().isoformat(), **entry}
        with self._changed:
            if len(self._pending) >= KEPT:
                self._dropped += 1
                return
            self._pending.append(line)
            if len(self._pending) == 1 or len(self._pending) >= BATCH:  # else the thread is up, or lingers
                self._changed.notify_all()

    def append_now(self, entry: Mapping[str, object]) -> None:
        """Returns once it is on disk; raises StateError otherwise. Blocks: for the command line and threads."""
        self.append(entry)
        if not self.flush(timeout=10.0):
            raise StateError(f"{self._file.path}: cannot be written; nothing was changed. Check the disk's space")

    def flush(self, timeout: float) -> bool:
        """True once everything that was appended before is on disk, False after a failed attempt or `timeout` s."""
        with self._changed:
            self._hurry += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._pending or not self._healthy, timeout)
            self._hurry -= 1
            return not self._pending

    def close(self) -> None:
        """Writes what is left (one last attempt, when the disk was away) and gives the file back. Idempotent."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _run(self) -> None:
        failures = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closing)
                self._changed.wait_for(lambda: self._hurry or self._closing or len(self._pending) >= BATCH, LINGER)
                batch = [self._pending[i] for i in range(min(BATCH, len(self._pending)))]
                dropped, closing = self._dropped, self._closing
            if not batch:
                return
            self._since = time.monotonic()
            failed = self._write(batch, dropped)
            self._since = None
            with self._changed:
                if failed:
                    self._healthy = False
                else:
                    for _ in batch:
                        self._pending.popleft()
                    self._dropped -= dropped
                    self._healthy = not self._dropped and (self._healthy or not self._pending)
                self._changed.notify_all()
                if failed and closing:
                    return
                if failed:
                    pause = time.monotonic() + BACKOFF[min(failures, len(BACKOFF) - 1)]
                    self._changed.wait_for(lambda: self._closing, max(0.0, pause - time.monotonic()))
            failures = failures + 1 if failed else 0

    def _write(self, batch: list[dict[str, object]], dropped: int) -> bool:
        """True when it failed."""
        lines = list(batch)
        if dropped:
            lines.append({"at": utc_now().isoformat(), "event": "ledger-dropped", "lines": dropped})
        try:
            self._file.append(lines)
        except Exception:  # noqa: BLE001 - a thread that ended would leave `healthy` true and write nothing
            return True
        return False
