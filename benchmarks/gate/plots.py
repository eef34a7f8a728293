"""What was measured, drawn as SVG. The only import of matplotlib here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

try:
    import matplotlib as mpl
    from matplotlib import pyplot
except ImportError:
    raise click.UsageError("plots need matplotlib: run it by make, or with `uv run --group bench`") from None

from benchmarks.detector.plots import STYLE

mpl.use("Agg")
SVG = {"svg.fonttype": "none", "svg.hashsalt": "facegate"}
COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#000000")
type Series = Mapping[str, Sequence[tuple[float, float]]]


def soak(samples: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Three strips over the same minutes."""
    minutes = [sample["at"] / 60 for sample in samples]
    with mpl.rc_context({**STYLE, **SVG, "figure.figsize": (8.0, 7.5)}):
        figure, (memory, held, delays) = pyplot.subplots(3, sharex=True, layout="constrained")
        for what, label, colour in zip(("rss", "uss"), ("resident", "its own"), COLOURS, strict=False):
            memory.plot(minutes, [sample[what] / 1e6 for sample in samples], color=colour, label=label)
        held.plot(minutes, [sample["descriptors"] for sample in samples], color=COLOURS[2])
        for name, colour in zip(("page", "photo", "seen"), COLOURS, strict=False):
            for index, style in enumerate(("-", ":")):
                values = [sample["ms"][name][index] for sample in samples]
                known = [(at, value) for at, value in zip(minutes, values, strict=True) if value is not None]
                if known:
                    label = f"{name}, {('p50', 'p99')[index]}"
                    delays.plot(*zip(*known, strict=True), style, color=colour, label=label)
        memory.set_ylabel("MB, all processes")
        held.set_ylabel("descriptors")
        delays.set_ylabel("ms")
        delays.set_yscale("log")
        delays.set_xlabel("minutes of mixed load")
        for axes in (memory, held):
            axes.set_ylim(bottom=0)
        for axes in (memory, delays):
            axes.legend(frameon=False, fontsize=9, ncols=3)
        _save(figure, file)


def curves(title: str, x: str, rates: Series, delays: Series, file: Path, *, log: bool) -> None:
    """Replies a second on the left, median latency on the right."""
    with mpl.rc_context({**STYLE, **SVG, "figure.figsize": (10.0, 4.0)}):
        figure, pair = pyplot.subplots(1, 2, layout="constrained")
        for axes, series, y in zip(pair, (rates, delays), ("replies a second", "median latency, ms"), strict=True):
            for (label, points), colour in zip(series.items(), COLOURS, strict=False):
                axes.plot(*zip(*points, strict=True), "o-", color=colour, label=label, markersize=4)
            if log:
                axes.set_xscale("log", base=2)
                axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.set_ylim(bottom=0)
            axes.set_xlabel(x)
            axes.set_ylabel(y)
            axes.legend(frameon=False, fontsize=9)
        figure.suptitle(title)
        _save(figure, file)


def _save(figure: Any, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
