"""Recall over false positives, and recall over time. The only import of matplotlib.

White ground with a margin, so that a dark page frames the picture and a light one takes it in.
"""

import statistics
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib.transforms import Bbox

from benchmarks.detector.contestants import ENTRIES, OURS
from benchmarks.detector.points import LEVEL, LEVELS, level, points, shipped
from benchmarks.detector.results import Results, Run

mpl.use("Agg")
# Okabe and Ito (2008): told apart by colour-blind readers too; facegate has the strongest
COLOURS = dict(zip(ENTRIES, ("#d55e00", "#56b4e9", "#0072b2", "#000000", "#cc79a7", "#e69f00", "#009e73"), strict=True))
STYLE: dict[Any, Any] = {
    "figure.figsize": (8.0, 5.0),
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 144,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e0e0e0",
    "font.size": 11,
}


def draw(results: Results, before: Results | None, folder: Path) -> list[str]:
    """Writes the plots that the results have something for; gives their file names."""
    drawn = []
    with mpl.rc_context(STYLE):
        for name, plot in (("roc.png", _roc), ("speed-recall.png", _speed)):
            figure, axes = pyplot.subplots(layout="constrained")
            if plot(axes, results, before):
                figure.savefig(folder / name)
                drawn.append(name)
            pyplot.close(figure)
    return drawn


def _roc(axes: Axes, results: Results, before: Results | None) -> bool:
    lowest = 1.0
    # folded scores are those of its twin: dashes let both be seen
    runs = [(results, run, "--" if run.name.startswith("folded") else "-", run.title) for run in results.runs]
    if before:
        runs += [(before, run, ":", f"{run.title}, before") for run in before.runs if run.name == OURS]
    for held, run, style, label in runs:
        curve = points(held, run)
        if not curve:
            continue
        ours = run.name == OURS
        wrong, found = [p.withheld.rate * 100 for p in curve], [p.found.rate * 100 for p in curve]
        axes.step(
            [0, *wrong, 100],
            [0, *found, found[-1]],
            style,
            where="post",
            color=COLOURS[run.name],
            label=label,
            linewidth=2.4 if ours else 1.4,
            zorder=3 if ours else 2,
        )
        first = level(held, run, LEVELS[0])
        lowest = min(lowest, first.found.rate if first else 0.0)
        recall, false = shipped(run, held.faces), shipped(run, held.clear)
        if ours and recall and false and recall.of and false.of:
            face = COLOURS[run.name] if style == "-" else "white"
            axes.plot(
                false.rate * 100,
                recall.rate * 100,
                "o",
                markersize=9,
                color=COLOURS[run.name],
                markerfacecolor=face,
                label=f"{label}, as shipped",
                zorder=4,
            )
    axes.set_xlim(0, LEVELS[-1] * 110)
    axes.set_ylim(max(0.0, lowest * 100 - 5), 100.5)
    axes.set_xlabel("pictures without a face that are withheld (%)")
    axes.set_ylabel("pictures with a face that are found (%)")
    axes.set_title("Found over wrongly withheld, by threshold")
    axes.legend(loc="lower right", frameon=False, fontsize=9)
    return bool(runs)


def _speed(axes: Axes, results: Results, before: Results | None) -> bool:
    places = {run.name: place for run in results.runs if (place := _place(results, run))}
    if not places:
        return False
    earlier = {run.name: place for run in before.runs if (place := _place(before, run))} if before else {}
    for held, style, label in ((earlier, ":", "frontier before"), (places, "-", "frontier")):
        steps = _frontier([(ms, found) for ms, found, _, _ in held.values()])
        if steps:
            axes.plot(*zip(*steps, strict=True), style, color="#999999", linewidth=1.2, label=label, zorder=1)
    axes.set_xscale("log")
    everything = [place[0] for place in (*places.values(), *earlier.values())]
    axes.set_xlim(min(everything) / 1.5, max(everything) * 2)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    for name, (ms, found, low, high) in places.items():
        size = 10 if name == OURS else 7
        spread = [[max(0.0, found - low)], [max(0.0, high - found)]]  # rounding puts an end at 100 a hair inside
        axes.errorbar(ms, found, spread, fmt="o", markersize=size, capsize=3, color=COLOURS[name], zorder=3)
    labels = [(ENTRIES[name].title, place[:2], COLOURS[name]) for name, place in places.items()]
    if OURS in earlier:
        ms, found, then = *places[OURS][:2], earlier[OURS][:2]
        axes.plot(*then, "o", markersize=10, color=COLOURS[OURS], markerfacecolor="white", zorder=3)
        axes.annotate("", (ms, found), then, arrowprops={"arrowstyle": "->", "color": COLOURS[OURS], "shrinkB": 7})
        labels.insert(1, ("facegate before", then, COLOURS[OURS]))
    _label(axes, labels)
    axes.set_xlabel("CPU time per picture (ms, mean, one thread, decoding included)")
    axes.set_ylabel(f"found at {LEVEL:.0%} false positives (%)")
    axes.set_title("Found over time: up and to the left is better")
    axes.legend(loc="lower right", frameon=False, fontsize=9)
    return True


def _label(axes: Axes, labels: list[tuple[str, tuple[float, float], str]]) -> None:
    """Each beside its point, where it covers no earlier one."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    taken: list[Bbox] = []
    for text, place, colour in labels:
        for x, y in ((9, 7), (9, -15), (-9, 7), (-9, -15)):
            side = "left" if x > 0 else "right"
            drawn = axes.annotate(text, place, (x, y), textcoords="offset points", color=colour, ha=side)
            box = drawn.get_window_extent()
            if not any(box.overlaps(other) for other in taken) or (x, y) == (-9, -15):
                taken.append(box)
                break
            drawn.remove()


def _place(results: Results, run: Run) -> tuple[float, float, float, float] | None:
    """Mean milliseconds, and the recall in per cent with both ends of its interval."""
    point = level(results, run)
    if not run.cpu or not point:
        return None
    low, high = point.found.interval
    return statistics.fmean(run.cpu), point.found.rate * 100, low * 100, high * 100


def _frontier(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that nothing faster equals, fastest first."""
    kept: list[tuple[float, float]] = []
    for ms, found in sorted(places, key=lambda place: (place[0], -place[1])):
        if not kept or found > kept[-1][1]:
            kept.append((ms, found))
    return kept
