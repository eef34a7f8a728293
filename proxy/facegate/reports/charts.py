"""Where the parts of a chart go: bars over time, and an interval. Pure; the page draws them as SVG."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 720, 200  # of the drawing, in its own units
LEFT, BOTTOM, TOP = 76, 24, 8  # room for the axes' words
STEPS_MAX = 1_000  # in one chart
LABELS = 7  # below the time axis at most


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`bars` stand on each other within one step; `lines` are levels, `labels` steps."""

    bars: tuple[Bar, ...]
    lines: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def filled(rows: Sequence[Mapping[str, object]], series: Sequence[str]) -> list[Mapping[str, object]]:
    """With the steps between the first and the last in which nothing happened; as it is where these are too many."""
    known = {str(row["at"]): row for row in rows}
    if not known:
        return []
    at, last, found = min(known), max(known), list[Mapping[str, object]]()
    while at <= last and len(found) < STEPS_MAX:
        found.append(known.get(at) or {"at": at, **dict.fromkeys(series, 0)})
        at = _after(at)
    return found if at > last else list(rows)


def stacked(rows: Sequence[Mapping[str, object]], series: Sequence[str]) -> Chart:
    """One step a row, named by its `at`; of the others' counts those in `series`, from the bottom up."""
    counts = [[_int(row[name]) for name in series] for row in rows]
    most = nice(max((sum(each) for each in counts), default=0))
    floor, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(1, len(rows))
    bars = []
    for number, each in enumerate(counts):
        y = float(floor)
        for name, count in zip(series, each, strict=True):
            if count:
                height = count / most * room
                y -= height
                bars.append(Bar(_r(LEFT + number * step), _r(y), _r(max(0.5, step * 0.86)), _r(height), name))
    lines = tuple(Tick(_r(floor - part * room), f"{round(part * most):,}") for part in (0, 0.5, 1))
    every = max(1, math.ceil(len(rows) / LABELS))
    labels = tuple(Tick(_r(LEFT + (n + 0.43) * step), str(rows[n]["at"])) for n in range(0, len(rows), every))
    return Chart(tuple(bars), lines, labels)


def nice(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 and so on: half of it is a whole number, too."""
    if value <= 2:
        return 2
    scale = int("1" + "0" * (len(str(value)) - 1))
    return next(step * scale for step in (1, 2, 4, 10) if step * scale >= value)


@dataclass(frozen=True, slots=True)
class Whisker:
    low: float
    at: float
    high: float
    ticks: tuple[Tick, ...]
    width: int = WIDTH


def whisker(low: float, at: float, high: float) -> Whisker:
    """On a scale from 0 to a round number above `high`; shares are told in per cent."""
    top = next((step for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if step >= high), 1.0)
    room = WIDTH - 2 * LEFT

    def place(share: float) -> float:
        return _r(LEFT + share / top * room)

    ticks = tuple(Tick(place(top * part), f"{top * part:.4g}") for part in (0, 0.25, 0.5, 0.75, 1))
    return Whisker(place(low), place(at), place(high), tuple(Tick(t.at, f"{float(t.text):.3%}") for t in ticks))


def _after(at: str) -> str:
    if len(at) == 13:
        return (datetime.fromisoformat(f"{at}:00") + timedelta(hours=1)).isoformat()[:13]
    if len(at) == 10:
        return (datetime.fromisoformat(at) + timedelta(days=1)).isoformat()[:10]
    year, month = int(at[:4]), int(at[5:7])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _r(value: float) -> float:
    return round(value, 2)
