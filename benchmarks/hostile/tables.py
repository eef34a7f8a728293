"""What was measured, as the documentation has it."""

import statistics
from collections.abc import Sequence

from benchmarks.hostile.measure import LAG, LONGEST, MEMORY, OTHERS, Row

MB = 1e6


def cases(rows: Sequence[Row], seconds: float) -> str:
    """`seconds`: limits.response."""
    quiet = statistics.median(row.quiet for row in rows)
    lines = [
        f"Bounds: memory {MEMORY / MB:,.0f} MB, event loop {LAG * 1000:.0f} ms, p99 of the others {OTHERS:.0f} times "
        f"what it is in quiet ({quiet:.0f} ms), an answer within {seconds + LONGEST:.0f} s. "
        "**Bold** is over its bound.",
        "",
        "| | outcome | answers | slowest, s | memory, MB | loop, ms | others p50, ms | p99, ms | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(f"| **{group}** | | | | | | | | |")
        lines.append(line(row))
    wrong, late = sum(bool(row.wrong) for row in rows), sum(bool(row.late) for row in rows)
    lines += ["", f"{len(rows)} ways; {wrong} over a bound in outcome or memory, {late} in time."]
    return "\n".join(lines)


def line(row: Row) -> str:
    told = ", ".join(f"`{what.split(' ')[1]}` {what.split(' ')[0]}" for what in row.outcomes)
    cells = [
        row.name.replace("|", "\\|"),
        told,
        f"{len(row.answers)}",
        _bold(f"{row.slowest:.1f}", "answer" in row.late),
        _bold(f"{row.peak / MB:,.0f}", "memory" in row.wrong),
        _bold(f"{row.lag * 1000:.0f}", "loop" in row.late),
        f"{row.p50:.0f}",
        _bold(f"{row.p99:.0f}", "others" in row.late),
        _bold("; ".join(row.wrong), bool(row.wrong)),
    ]
    return "| " + " | ".join(cells) + " |"


def _bold(text: str, is_over: bool) -> str:
    return f"**{text}**" if is_over else text
