"""Counts what the ledgers tell of exchanges, as they grow: each line once, across restarts and rotation.

How far each ledger is counted stands in the database, written together with what was counted. Lines have numbers, so a
file that was rotated, copied or restored meanwhile is only looked through again up to the number that counts.
"""

import logging
import os
import threading
from pathlib import Path
from typing import BinaryIO

from facegate.errors import FacegateError
from facegate.ledger.chain import LINE_MAX, parse_line
from facegate.ledger.files import last_of, names, opened
from facegate.state.database import Database
from facegate.state.traffic import Counted, Tally, add, counted

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds
AT_ONCE = 20_000  # lines for one transaction


class Counting:
    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after what is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def count(self) -> int:
        """All lines that are there; how many were new. Raises FacegateError."""
        found, standing = 0, counted(self._database)
        for name in names(self._folder):
            found += self._count(name, standing.get(name, Counted()))
        return found

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.count()
            except (FacegateError, OSError) as error:
                logger.error("the traffic cannot be counted: %s", error)  # noqa: TRY400 - one line, no traceback
            self._stopping.wait(EVERY)

    def _count(self, name: str, at: Counted) -> int:
        new = 0
        with opened(self._folder, name) as (before, current):
            for path in before:
                if (last_of(path) or 0) > at.seq:
                    with path.open("rb") as file:
                        at, lines = self._file(name, file, at)
                    new += lines
            if current is not None:
                new += self._file(name, current, at)[1]
        return new

    def _file(self, name: str, file: BinaryIO, at: Counted) -> tuple[Counted, int]:
        """Where it then stands, and how many lines were new."""
        inode, new = os.fstat(file.fileno()).st_ino, 0
        offset = at.offset if at.file == inode and at.offset <= os.fstat(file.fileno()).st_size else 0
        file.seek(offset)
        while not self._stopping.is_set():
            tally, seq, lines = Tally(), at.seq, 0
            while lines < AT_ONCE and (raw := file.readline(2 * LINE_MAX)).endswith(b"\n"):
                offset += len(raw)
                lines += 1
                line = parse_line(raw[:-1])
                if line is None or line.seq <= seq:
                    continue
                seq, new = line.seq, new + 1
                if line.entry.get("event") == "exchange":
                    tally.add(line.entry)
            after = Counted(seq, inode, offset)
            if after != at and not add(self._database, tally, name, at, after):
                return at, 0  # it is counted by another process: the next look sees where that stands
            at = after
            if lines < AT_ONCE:
                break
        return at, new
