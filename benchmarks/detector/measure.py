"""The run itself: every contestant on every picture, taking turns, so that the machine's noise hits all alike."""

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from benchmarks.detector.child import Child
from benchmarks.detector.contestants import ENTRIES, LOW
from benchmarks.detector.results import Results, Run
from benchmarks.labels import Picture, spread

SHARED = (
    200  # pictures of each kind, evenly spread, that two processes share: enough for a rate, and it is a third pass
)
BLOCK = 32  # pictures that two processes share out before the next contestant's turn
WARM_UP = 3  # pictures before the clock counts: first allocations, pages of the libraries

Step = Callable[[str], None]  # called after each picture of a contestant, with what is being done


def steps(names: list[str], pictures: list[Picture], *, times: bool, two_cores: bool) -> int:
    """How often a run calls its `step`."""
    shared = len(_shared(pictures)) if times and two_cores else 0
    return len(names) * (len(pictures) * (1 + times) + shared)


def measure(
    corpus: Path,
    pictures: list[Picture],
    names: list[str],
    weights: Path | None,
    *,
    times: bool,
    two_cores: bool,
    step: Step,
) -> Results:
    """Raises ChildDied."""
    files = [corpus / picture.path for picture in pictures]
    runs = [Run(name) for name in names]
    _score(files, runs, weights, step)
    if times:
        _time(files, runs, weights, step)
        if two_cores:
            _two_cores([files[number] for number in _shared(pictures)], runs, weights, step)
    return Results(pictures, runs, machine())


def _score(files: list[Path], runs: list[Run], weights: Path | None, step: Step) -> None:
    with _children(runs, weights, LOW) as children:
        for file in files:
            for run, child in zip(runs, children, strict=True):
                run.scores.append(child.look(file)[0])
                step("scores")


def _time(files: list[Path], runs: list[Run], weights: Path | None, step: Step) -> None:
    with _children(runs, weights, None) as children:
        for run, child in zip(runs, children, strict=True):
            run.threshold, run.about = child.about["threshold"], child.about["about"]
            for file in files[:WARM_UP]:
                child.look(file)
        for number, file in enumerate(files):
            for run, child in _turned(list(zip(runs, children, strict=True)), number):
                score, cpu, wall = child.look(file)
                run.shipped.append(score)
                run.cpu.append(round(cpu, 3))
                run.wall.append(round(wall, 3))
                step("times")
        for run, child in zip(runs, children, strict=True):
            run.memory = child.memory()


def _two_cores(files: list[Path], runs: list[Run], weights: Path | None, step: Step) -> None:
    blocks = [files[start : start + BLOCK] for start in range(0, len(files), BLOCK)]
    seconds = [0.0 for _ in runs]
    with _children(runs, weights, None) as one, _children(runs, weights, None) as other:
        for pair in zip(one, other, strict=True):
            for child in pair:
                for file in files[:WARM_UP]:
                    child.look(file)
        for turn, block in enumerate(blocks):
            for number, pair in _turned(list(enumerate(zip(one, other, strict=True))), turn):
                started = time.perf_counter()
                busy = [(child, part) for child, part in zip(pair, (block[::2], block[1::2]), strict=True) if part]
                for child, part in busy:
                    child.send(part)
                for child, _ in busy:
                    child.receive()
                seconds[number] += time.perf_counter() - started
                for _ in block:
                    step("two processes")
    for run, spent in zip(runs, seconds, strict=True):
        run.two_cores = round(len(files) / spent, 2)


def _shared(pictures: list[Picture]) -> list[int]:
    """Numbers of the pictures of the third pass, with a face and without in turns."""
    kinds = [[number for number, picture in enumerate(pictures) if picture.face is face] for face in (True, False)]
    turns = zip_longest(*(spread(numbers, SHARED) for numbers in kinds))
    return [number for turn in turns for number in turn if number is not None]


@contextmanager
def _children(runs: list[Run], weights: Path | None, threshold: float | None) -> Iterator[list[Child]]:
    with ExitStack() as stack:
        files = [weights if ENTRIES[run.name].file else None for run in runs]
        yield [stack.enter_context(Child(run.name, threshold, file)) for run, file in zip(runs, files, strict=True)]


def _turned[T](items: list[T], by: int) -> list[T]:
    """Nobody always comes first, or always after the one that warms the caches best."""
    by %= len(items)
    return items[by:] + items[:by]


def machine() -> dict[str, str]:
    name = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": name or platform.machine(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
