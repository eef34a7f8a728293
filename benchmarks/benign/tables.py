"""What was withheld, by kind and reason, and what it cost."""

from collections import Counter
from collections.abc import Callable

from benchmarks.benign.kinds import KINDS
from benchmarks.benign.measure import Inside, Row, by_kind
from benchmarks.detector.table import NONE, Table

MEGA = 1_000_000
TEXT = ("html", "css", "js", "json", "xml", "svg", "csv", "text", "source", "map")


def tables(rows: list[Row], rightly: dict[tuple[str, str], str]) -> list[Table]:
    def wrong(row: Row) -> bool:
        return bool(row.reason) and (row.package, row.path) not in rightly

    kinds = by_kind(rows)
    named = [(kind, kinds[kind]) for kind in KINDS if kind in kinds]
    text = [row for row in rows if row.kind in TEXT]
    lines = [_line(kind, held, wrong) for kind, held in named]
    lines += [_line(name, held, wrong) for name, held in (("all text", text), ("everything", rows)) if held]
    excused = sum(bool(row.reason) and not wrong(row) for row in rows)
    return [
        Table(
            "What passes, and what it costs",
            ("", "bodies", "MB", "withheld", "share", "p50 ms", "p99 ms", "MB/s"),
            lines,
            "CPU time of a warm process."
            + (f" {excused} withheld rightly (rightly.toml) not counted." if excused else ""),
        ),
        _reasons([row for row in rows if wrong(row)]),
    ]


def _line(name: str, rows: list[Row], wrong: Callable[[Row], bool]) -> tuple[str, ...]:
    held = sum(map(wrong, rows))
    size, spent = sum(row.size for row in rows) / MEGA, sum(row.cpu for row in rows)
    ms = sorted(row.cpu * 1000 for row in rows)
    return (
        name,
        f"{len(rows):,}",
        f"{size:.1f}",
        str(held),
        f"{held / len(rows):.2%}",
        f"{ms[len(ms) // 2]:.1f}",
        f"{ms[int(len(ms) * 0.99)]:.1f}",
        f"{size / spent:.1f}" if spent else NONE,
    )


def _reasons(rows: list[Row]) -> Table:
    counts = Counter((row.kind, row.reason, row.detail) for row in rows)
    return Table(
        "Withheld, by reason",
        ("kind", "reason", "detail", "bodies"),
        [(*key, str(count)) for key, count in counts.most_common()],
    )


def listed(rows: list[Row], rightly: dict[tuple[str, str], str]) -> Table:
    held = sorted((row for row in rows if row.reason), key=lambda row: (row.kind, row.reason, row.package, row.path))
    return Table(
        "Withheld",
        ("kind", "package", "path", "bytes", "reason", "detail", "rightly"),
        [
            (
                row.kind,
                row.package,
                row.path or "(the package)",
                str(row.size),
                row.reason,
                row.detail,
                rightly.get((row.package, row.path), ""),
            )
            for row in held
        ],
    )


def inside_table(inside: Inside) -> Table:
    return Table(
        "Members that are withheld when they come alone, of the archives withheld",
        ("extension", "reason", "detail", "members", "bytes", "one of them"),
        [(*key, str(n), str(inside.size[key]), inside.example[key]) for key, n in inside.count.most_common()],
    )
