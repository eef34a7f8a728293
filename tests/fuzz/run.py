"""`make fuzz`: damaged files, frames and bytes of the wire against the invariant of fuzz/targets.py.

    python -m fuzz.run [--minutes N] [--target NAME ...] [--seed N] [--jobs N] [--json FILE] [--list]

The time is shared by the targets. What breaks the invariant is made smaller and put into tests/fuzz/found, where
test_found.py tries it from then on. Exit status 1 when something did.
"""

import argparse
import base64
import hashlib
import json
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz.child import ROOM
from fuzz.seeds import MADE, seeds
from fuzz.targets import GRACE_SECONDS, LIMITS, TARGETS
from rich.console import Console
from rich.table import Table

OUT = Console()
FOUND = Path(__file__).with_name("found")
STUCK = 20 * (LIMITS.seconds + GRACE_SECONDS)  # seconds of silence; a busy machine is not stuck
ONCE = 60.0  # seconds to try one input in a process of its own
SMALLER = 40  # such attempts to make one smaller
DEATHS = 5  # of one target: then its time is up
AS_A_WORKER = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": os.pathsep.join([str(FOUND.parents[1]), os.environ.get("PYTHONPATH", "")]),
}


@dataclass
class Tally:
    tried: int = 0
    lines: int = 0
    seconds: float = 0.0
    broken: dict[str, int] = field(default_factory=dict)

    def add(self, what: str) -> None:
        self.broken[what] = self.broken.get(what, 0) + 1


def fuzz(name: str, seconds: float, seed: str, keep: Path) -> Tally:
    tally, began = Tally(), time.monotonic()
    end, deaths = began + seconds, 0
    while time.monotonic() < end and deaths < DEATHS:
        with Child(name, end - time.monotonic(), f"{seed} {name} {deaths}") as child:
            before = tally.tried
            for said in child.lines():
                if "broken" in said:
                    keep_one(keep, name, said["broken"], base64.b64decode(said["data"]), tally)
                else:
                    tally.tried, tally.lines = before + said["tried"], max(tally.lines, said["lines"])
            if child.status == 0:
                break
            deaths += 1
            what = "no end" if child.stuck else f"died of {child.status}"
            keep_one(keep, name, what, smaller(name, child.current(), Random(seed)), tally)
    tally.seconds = round(time.monotonic() - began, 1)
    OUT.print(f"{name}: {tally.tried:,} tried, {tally.lines:,} lines, {tally.seconds} s")
    return tally


class Child:
    """A process that tries one target; where it is silent for too long it is ended."""

    def __init__(self, name: str, seconds: float, seed: str, once: bytes | None = None) -> None:
        self.stuck = False
        self._file = tempfile.NamedTemporaryFile(prefix="fuzz-")  # noqa: SIM115 - closed at the exit
        self._file.truncate(ROOM)
        if once is not None:
            self._file.write(len(once).to_bytes(8, "big") + once)
            self._file.flush()
        argv = [sys.executable, "-m", "fuzz.child", name, str(seconds), seed, self._file.name]
        self._process = subprocess.Popen(
            [*argv, *(["once"] if once is not None else [])],
            env=os.environ | AS_A_WORKER,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # decoders write about what they choke on
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._file.close()

    @property
    def status(self) -> int:
        return self._process.wait()

    def lines(self) -> Any:
        with ThreadPoolExecutor(1) as reader:
            assert self._process.stdout is not None
            while True:
                line = reader.submit(self._process.stdout.readline)
                try:
                    text = line.result(STUCK)
                except TimeoutError:
                    self.stuck = True
                    self._process.kill()
                    return
                if not text:
                    return
                yield json.loads(text)

    def current(self) -> bytes:
        with mmap.mmap(self._file.fileno(), ROOM, access=mmap.ACCESS_READ) as place:
            return place[8 : 8 + int.from_bytes(place[:8], "big")]


def once(name: str, data: bytes) -> str:
    """What is broken for `data`, tried in a process of its own; "" when nothing is."""
    with Child(name, 0, "", data) as child:
        try:
            out, _ = child._process.communicate(timeout=ONCE)
        except subprocess.TimeoutExpired:
            return "no end"
        if child.status != 0:
            return f"died of {child.status}"
    return str(json.loads(out)["broken"])


def smaller(name: str, data: bytes, random: Random) -> bytes:
    """What still kills its process, with pieces left out."""
    if not (wrong := once(name, data)):
        return data  # it takes what came before; the seed brings it back
    for _ in range(SMALLER):
        start = random.randrange(len(data) or 1)
        end = start + max(1, int(len(data) * random.random() ** 2))
        if once(name, less := data[:start] + data[end:]) == wrong:
            data = less
    return data


def keep_one(folder: Path, name: str, what: str, data: bytes, tally: Tally) -> None:
    tally.add(what)
    if tally.broken[what] == 1:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{name}.{hashlib.sha256(data).hexdigest()[:8]}"
        place.write_bytes(data)
        OUT.print(f"[bold red]{name}[/]: {what}: {len(data)} bytes in {place}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), default=[])
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--jobs", type=int, default=1, help="targets at once")
    parser.add_argument("--found", type=Path, default=FOUND)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--list", action="store_true", help="the targets, and nothing else")
    asked = parser.parse_args()
    if asked.list:
        OUT.print(*TARGETS)
        return
    names = asked.target or list(TARGETS)
    share = asked.minutes * 60 * asked.jobs / len(names)
    OUT.print(f"seed {asked.seed}, {len(names)} targets, {share:.0f} s each")
    with tempfile.NamedTemporaryFile(prefix="fuzz-") as made, ThreadPoolExecutor(asked.jobs) as several:
        pickle.dump(seeds(), made)
        made.flush()
        AS_A_WORKER[MADE] = made.name
        done = dict(
            zip(names, several.map(lambda name: fuzz(name, share, asked.seed, asked.found), names), strict=True)
        )
    table = Table("target", "tried", "lines reached", "broken", title="fuzzed")
    for name, tally in done.items():
        table.add_row(name, f"{tally.tried:,}", f"{tally.lines:,}", ", ".join(tally.broken) or "-")
    OUT.print(table)
    OUT.print(f"{sum(tally.tried for tally in done.values()):,} tried")
    if asked.json:
        asked.json.write_text(json.dumps({name: asdict(tally) for name, tally in done.items()}, indent=1))
    if any(tally.broken for tally in done.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
