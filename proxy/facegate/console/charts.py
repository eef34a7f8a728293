"""Charts as SVG that the server makes: only geometry; colours come from the style, words from a table beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 22  # room for the scale's numbers and the names below
GAP = 0.22  # of a column's width


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns. `lines`: (y, number) of the scale; `names`: (x, text) below."""

    bars: list[Bar]
    lines: list[tuple[float, str]]
    names: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def columns(data: Mapping[str, Sequence[tuple[str, str, int]]], every: int = 1) -> Columns:
    """name -> its layers from below, each (tone, title, number). Each `every`th name is written."""
    top = _round_up(max((sum(number for _, _, number in layers) for layers in data.values()), default=0))
    step, room = (WIDTH - LEFT - RIGHT) / max(1, len(data)), HEIGHT - TOP - BOTTOM
    bars, names = [], []
    for index, (name, layers) in enumerate(data.items()):
        x, y = LEFT + index * step, float(HEIGHT - BOTTOM)
        for tone, title, number in layers:
            height = number / top * room
            if number:
                y -= height
                bars.append(
                    Bar(_near(x + step * GAP / 2), _near(y), _near(step * (1 - GAP)), _near(height), tone, title)
                )
        if index % every == 0:
            names.append((_near(x + step / 2), name))
    lines = [(_near(HEIGHT - BOTTOM - part * room / 2), short(round(top * part / 2))) for part in range(3)]
    return Columns(bars, lines, names)


def short(number: int) -> str:
    """1234 -> 1.2k"""
    for power, letter in ((9, "G"), (6, "M"), (3, "k")):
        if number >= 10**power:
            value = number / 10**power
            return f"{value:.1f}".removesuffix(".0") + letter if value < 100 else f"{value:.0f}{letter}"
    return str(number)


def shares(counts: Mapping[str, int], most: int = 8) -> list[tuple[str, int, float]]:
    """The largest, with their part of the largest in percent; the rest together."""
    ordered = sorted(((name, number) for name, number in counts.items() if number), key=lambda it: (-it[1], it[0]))
    shown, rest = ordered[:most], sum(number for _, number in ordered[most:])
    if rest:
        shown.append((f"{len(ordered) - most} others", rest))
    largest = max((number for _, number in shown), default=1)
    return [(name, number, _near(100 * number / largest)) for name, number in shown]


def _round_up(number: int) -> int:
    """The scale's end: an even number that reads well."""
    if number <= 4:
        return 4
    unit = 10 ** floor(log10(number))
    return next(int(factor * unit) for factor in (1, 2, 4, 6, 8, 10) if factor * unit >= number)


def _near(value: float) -> float:
    return round(value, 1)
