"""A calibration as people read it: the operating points, the tags, the mistakes, and what to write down."""

import sys
from collections.abc import Mapping, Sequence

import click

from facegate.calibration import LEAST, NO_PICTURE, Calibration, Scored
from facegate.commands.opened import print_table
from facegate.curve import Point, Share

BARS = " ▁▂▃▄▅▆▇█"
TALL = 0.1  # the share that fills a bar: what thresholds cost is told apart below it
FIRST, LAST, STEP = 0.1, 0.8, 0.0125  # thresholds under the bars, up to about where a search ends; eight a tenth


def print_calibration(found: Calibration, versions: Mapping[str, str], most: int) -> None:
    """`most` is how many mistakes of each kind are shown."""
    present = found.present
    click.echo(
        f"{present.found.of:,} pictures with a face and {present.withheld.of:,} without, scored by {versions['model']} "
        f"(weights {versions['weights'][:12]}, views {versions['views']}, min_face {versions['min_face']})"
    )
    _print_unscored(found.unscored, most)
    click.echo()
    rows = [(_percent(row.level), *_cells(row.point)) for row in found.rows if row.point]
    headings = ("withheld at most", "threshold", "faces found", "95 %", "wrongly withheld", "95 %")
    print_table(headings, [*rows, ("now", *_cells(present))])
    for row in found.rows:
        if not row.point:
            click.echo(f"No threshold for {_percent(row.level)}: {row.why}")
    if sys.stdout.isatty():
        click.echo("\n" + "\n".join(bars(found)))
    now = f"at {present.threshold:g}"
    if found.tags:
        click.echo()
        tags = [(tag, _counts(counted.found), _counts(counted.withheld)) for tag, counted in found.tags]
        print_table(("tag", f"faces found {now}", f"wrongly withheld {now}"), tags)
    _print_scored(f"missed {now}", found.missed, most)
    _print_scored(f"wrongly withheld {now}", found.wrong, most)
    click.echo("\n" + closing(found))


def bars(found: Calibration) -> list[str]:
    """Two rows of bars over the thresholds: the share of the faces that is missed, and what is withheld without one."""
    thresholds = [round(FIRST + STEP * i, 4) for i in range(round((LAST - FIRST) / STEP) + 1)]
    points = [found.at(threshold) for threshold in thresholds]
    place = round((found.present.threshold - FIRST) / STEP)
    return [
        "threshold " + "".join(f"{threshold:<8.1f}" for threshold in thresholds[::8]).rstrip(),
        "missed    " + "".join(_bar(p.found.of - p.found.hits, p.found.of) for p in points).rstrip(),
        "withheld  " + "".join(_bar(p.withheld.hits, p.withheld.of) for p in points).rstrip(),
        f"{' ' * (10 + place)}^ now" if 0 <= place < len(thresholds) else "",
        f"a full bar is {_percent(TALL)} or more, an empty one none at all",
    ]


def _bar(hits: int, of: int) -> str:
    steps = len(BARS) - 1
    return BARS[min(1 + int(hits / of / TALL * steps), steps)] if hits else BARS[0]


def closing(found: Calibration) -> str:
    """The line that says what to write into facegate.toml, and what it costs."""
    advice, present = found.advice, found.present
    if advice is None:
        return (
            f"Too few pictures to choose a threshold by: {LEAST} with a face and {LEAST} without are the least. "
            f"Leave it at {present.threshold:g}."
        )
    if advice.keep:
        kept = f"facegate.toml: [detector] threshold = {present.threshold:g}, as it is: {_cost(present)}."
        if advice.best.threshold == present.threshold:
            return kept
        best = f"{_percent(advice.level)} at most would be {advice.best.threshold:g}"
        return f"{kept} {best}; so few pictures cannot tell the two apart."
    return (
        f"facegate.toml: [detector] threshold = {advice.threshold:g}: {_cost(advice.best)}. "
        f"Now, at {present.threshold:g}: {_cost(present)}."
    )


def _cost(counted: Point) -> str:
    missed = Share(counted.found.of - counted.found.hits, counted.found.of)
    return f"misses {_percent(missed.rate)} of the faces and withholds {_percent(counted.withheld.rate)} of the others"


def _print_unscored(unscored: Sequence[Scored], most: int) -> None:
    unreadable = [one for one in unscored if one.why != NO_PICTURE]
    if unreadable:
        with_face = sum(one.face for one in unreadable)
        click.echo(
            f"unreadable: {with_face:,} with a face and {len(unreadable) - with_face:,} without, "
            "withheld at every threshold and so in none of the shares"
        )
    if others := len(unscored) - len(unreadable):
        click.echo(f"no pictures, not counted: {others:,}")
    if unscored and most:
        click.echo()
        print_table(("not scored", "why"), [*((one.name, one.why) for one in unscored[:most]), *_more(unscored, most)])


def _print_scored(title: str, pictures: Sequence[Scored], most: int) -> None:
    if pictures and most:
        click.echo()
        rows = [(one.name, f"{one.score:.2f}", " ".join(one.tags)) for one in pictures[:most]]
        print_table((title, "score", "tags"), [*rows, *_more(pictures, most)])


def _more(pictures: Sequence[Scored], most: int) -> list[tuple[str, ...]]:
    return [(f"and {len(pictures) - most:,} more: --mistakes {len(pictures)}",)] if len(pictures) > most else []


def _cells(counted: Point) -> tuple[str, ...]:
    shares = (counted.found, counted.withheld)
    return (f"{counted.threshold:g}", *(cell for share in shares for cell in (_counts(share), _interval(share))))


def _counts(share: Share) -> str:
    return f"{_percent(share.rate)} ({share.hits:,} of {share.of:,})" if share.of else ""


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{low * 100:.1f} to {high * 100:.1f}"


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f} %"
