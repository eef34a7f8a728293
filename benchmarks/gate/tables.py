"""What was measured, in Markdown: medians over the rounds, with the lowest and the highest."""

import statistics
from collections.abc import Iterator, Sequence

from benchmarks.gate.bodies import BODIES
from benchmarks.gate.measure import Row

PEERS = ("mitmdump", "glue")  # what the gateway is held against


def rates(rows: Sequence[Row], body: str, proxy: str) -> list[float]:
    return [row["rate"] for row in rows if (row["body"], row["proxy"]) == (body, proxy)]


def throughput(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Requests a second by body; each of ours as a multiple of each peer, round by round."""
    peers = [name for name in PEERS if name in names]
    ours = [name for name in names if name not in peers]
    ratios = [f"{name} / {peer}" for name in ours for peer in peers]
    lines = [f"| requests a second | {' | '.join([*names, *ratios])} |", "|---" * (1 + len(names) + len(ratios)) + "|"]
    for body in dict.fromkeys(row["body"] for row in rows):
        cells = [spread(rates(rows, body, name), "{:.0f}") for name in names]
        for name in ours:
            for peer in peers:
                pairs = zip(rates(rows, body, name), rates(rows, body, peer), strict=True)
                cells.append(spread([one / other for one, other in pairs if other], "{:.2f}"))
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


def spread(values: Sequence[float], form: str) -> str:
    if not values:
        return "-"
    middle, low, high = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({low} to {high})"


def mishaps(rows: Sequence[Row]) -> Iterator[str]:
    """Every reply that was not a good one, for each run that had some."""
    for row in rows:
        if row["bad"]:
            yield f"{row.get('proxy', row.get('way'))}, {row['body']}: {row['bad']}"
