"""What was measured, in Markdown: medians over the rounds, with the lowest and the highest."""

import statistics
from collections.abc import Callable, Iterator, Sequence

from benchmarks.gate.bodies import BODIES
from benchmarks.gate.measure import Row

PEERS = ("mitmdump", "glue")  # what the gateway is held against


def rates(rows: Sequence[Row], body: str, proxy: str) -> list[float]:
    return [row["rate"] for row in rows if (row["body"], row["proxy"]) == (body, proxy)]


def costs(rows: Sequence[Row], body: str, proxy: str) -> list[float]:
    """Milliseconds of CPU time a reply."""
    found = [row["cpu_ms"] for row in rows if (row["body"], row["proxy"]) == (body, proxy)]
    return [cost for cost in found if cost is not None]


def throughput(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Replies a second, and each of ours as a multiple of each peer's."""
    return _table("requests a second", "{ours} / {peer}", rows, names, rates, lambda one, other: one / other)


def cpu(rows: Sequence[Row], names: Sequence[str]) -> str:
    """What a reply costs: other work on the machine changes it little."""
    return _table("CPU ms a request", "{peer} / {ours}", rows, names, costs, lambda one, other: other / one)


def _table(
    title: str,
    ratio: str,
    rows: Sequence[Row],
    names: Sequence[str],
    values: Callable[[Sequence[Row], str, str], list[float]],
    times: Callable[[float, float], float],
) -> str:
    """Ratios are taken round by round."""
    peers = [name for name in PEERS if name in names]
    ours = [name for name in names if name not in peers]
    ratios = [ratio.format(ours=name, peer=peer) for name in ours for peer in peers]
    lines = [f"| {title} | {' | '.join([*names, *ratios])} |", "|---" * (1 + len(names) + len(ratios)) + "|"]
    for body in dict.fromkeys(row["body"] for row in rows):
        cells = [spread(values(rows, body, name)) for name in names]
        for name in ours:
            for peer in peers:
                pairs = zip(values(rows, body, name), values(rows, body, peer), strict=True)
                cells.append(spread([times(one, other) for one, other in pairs if one and other], "{:.2f}"))
        lines.append(f"| {BODIES[body].title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def latency(rows: Sequence[Row]) -> str:
    lines = ["| at half load | a second | direct p50, p99 ms | through facegate | added |", "|---|---|---|---|---|"]
    for body in dict.fromkeys(row["body"] for row in rows):
        direct, ours = (next(row for row in rows if (row["body"], row["way"]) == (body, way)) for way in WAYS)
        pairs = [f"{row['p50_ms']:.1f}, {row['p99_ms']:.1f}" for row in (direct, ours)]
        added = ", ".join(f"{ours[key] - direct[key]:.1f}" for key in ("p50_ms", "p99_ms"))
        lines.append(f"| {BODIES[body].title} | {ours['rate']:.0f} | {' | '.join(pairs)} | {added} |")
    return "\n".join(lines)


WAYS = ("direct", "facegate")


def spread(values: Sequence[float], form: str = "") -> str:
    """Median, lowest and highest; as many digits as the highest needs."""
    if not values:
        return "-"
    form = form or ("{:.0f}" if max(values) >= 100 else "{:.1f}")
    middle, low, high = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({low} to {high})"


def mishaps(rows: Sequence[Row]) -> Iterator[str]:
    """Every reply that was not a good one, for each run that had some."""
    for row in rows:
        if row["bad"]:
            yield f"{row.get('proxy', row.get('way'))}, {row['body']}: {row['bad']}"
