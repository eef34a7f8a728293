"""What the gateway takes meanwhile: resident memory of all its processes, and how late its event loop is."""

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gate.processes import PROC, tree

EVERY = 0.1  # seconds between two looks
REPORTS = 1.2  # seconds until the gateway has reported what was until now
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> int:
    """Bytes of the process and all below it; what they share counts in each."""
    total = 0
    for each in tree(pid):
        with suppress(OSError, IndexError):
            total += int((PROC / f"{each}/statm").read_text().split()[1]) * PAGE
    return total


def descriptors(pid: int) -> int:
    total = 0
    for each in tree(pid):
        with suppress(OSError):
            total += sum(1 for _ in (PROC / f"{each}/fd").iterdir())
    return total


@dataclass
class Watch:
    """`peak`: bytes; `lag`: seconds."""

    pid: int
    run: Path  # home/run
    peak: int = 0
    lag: float = 0.0
    began: float = 0.0

    def begin(self) -> None:
        self.peak, self.lag, self.began = 0, 0.0, time.time()

    async def watch(self) -> None:
        while True:
            await asyncio.to_thread(self._look)
            await asyncio.sleep(EVERY)

    def _look(self) -> None:
        self.peak = max(self.peak, resident(self.pid))
        for file in self.run.glob("gateway-*.json"):
            with suppress(OSError, ValueError):
                told = json.loads(file.read_text("utf-8"))
                if told["at"] > self.began + 1:  # it is about the second before
                    self.lag = max(self.lag, told["lag"])
