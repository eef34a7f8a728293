"""Two runs side by side, contestant by contestant: what a change of the detector gained and what it costs."""

import statistics

from benchmarks.detector.points import LEVEL, found_over, level, shipped
from benchmarks.detector.results import Results, Run
from benchmarks.detector.table import NONE, Table, interval

HEAD = ("", f"recall at {LEVEL:.0%}", "recall as shipped", "false positives as shipped", "found in this run only")
COST = ("CPU ms mean", "median", "mean / that of the others", "peak MB")


def compared(now: Results, before: Results) -> Table:
    """Two rows for each contestant of both runs."""
    pairs = [(run, other) for run in now.runs if (other := before.run(run.name))]
    rows: list[tuple[str, ...]] = []
    for run, other in pairs:
        found, earlier = _paths(now, run), _paths(before, other)
        rows.append((f"{run.title} before", *_row(before, other, earlier - found, [pair[1] for pair in pairs])))
        rows.append((f"{run.title} now", *_row(now, run, found - earlier, [pair[0] for pair in pairs])))
    same = {picture.path for picture in now.pictures} == {picture.path for picture in before.pictures}
    note = "Compare the times beside those of the others: the machine may have been slower, or another one."
    if not same:
        note += " The two runs looked at different pictures, so what they found cannot be compared."
    return Table("Before and now", (*HEAD, *COST), rows, note)


def _row(results: Results, run: Run, only: set[str], runs: list[Run]) -> list[str]:
    point = level(results, run)
    cells = [
        interval(point.found) if point else NONE,
        interval(shipped(run, results.faces)),
        interval(shipped(run, results.clear)),
        str(len(only)),
    ]
    if not run.cpu:
        return [*cells, *(NONE for _ in COST)]
    mean = statistics.fmean(run.cpu)
    others = [statistics.fmean(other.cpu) for other in runs if other is not run and other.cpu]
    relative = f"{mean / statistics.fmean(others):.2f}" if others else NONE
    return [*cells, f"{mean:.1f}", f"{statistics.median(run.cpu):.1f}", relative, f"{run.memory['peak']:.0f}"]


def _paths(results: Results, run: Run) -> set[str]:
    """Of the pictures that `run` finds a face in at LEVEL."""
    point = level(results, run)
    found = found_over(run, results.faces, point.threshold) if point else set()
    return {results.pictures[number].path for number in found}
