"""The tables of a report: what each contestant costs, in time and in memory."""

import statistics

from benchmarks.detector.contestants import OURS
from benchmarks.detector.results import Results
from benchmarks.detector.table import NONE, Table


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def costs(results: Results) -> list[Table]:
    return [_milliseconds(results, "cpu"), _milliseconds(results, "wall"), _throughput(results)]


def _milliseconds(results: Results, clock: str) -> Table:
    rows = []
    for run in results.runs:
        spent: list[float] = getattr(run, clock)
        if spent:
            cells = []
            for numbers in (range(len(spent)), results.faces, results.clear):
                part = [spent[number] for number in numbers]
                cells.append(f"{statistics.fmean(part):.1f}" if part else NONE)
                cells.append(f"{statistics.median(part):.1f} / {percentile(part, 0.95):.1f}" if part else NONE)
            rows.append((run.title, *cells))
    head = ("", *(f"{what}, {value}" for what in ("all", "faces", "no faces") for value in ("mean", "median / p95")))
    name = {"cpu": "CPU time", "wall": "Wall time"}[clock]
    return Table(f"{name} in ms per picture, from bytes to verdict, as shipped", head, rows)


def _throughput(results: Results) -> Table:
    ours = results.run(OURS)
    rows: list[tuple[str, ...]] = []
    for run in results.runs:
        if run.cpu:
            ratio = NONE if ours is None or not ours.cpu else f"{sum(run.cpu) / sum(ours.cpu):.2f}"
            two = NONE if run.two_cores is None else f"{run.two_cores:.1f}"
            of_cpu, one = (len(spent) / sum(spent) * 1000 for spent in (run.cpu, run.wall))
            peak = (f"{run.memory['peak']:.0f}", f"{run.memory['before']:.0f}")
            rows.append((run.title, ratio, f"{of_cpu:.1f}", f"{one:.1f}", two, *peak))
    return Table(
        "Throughput and memory",
        (
            "",
            "CPU time / facegate's",
            "pictures per CPU second",
            "pictures/s, one process",
            "two processes",
            "peak MB",
            "empty MB",
        ),
        rows,
        "Peak: the most that the process of one detector held in memory over the whole corpus (resident set); empty: "
        "what it held before anything of the detector was loaded.",
    )
