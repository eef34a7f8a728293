"""How fast text is looked at, by kind: megabytes a second of one core, through the whole walk.

Of every file of a folder whose name says that it is text; without one, of text made here. The detector is one that sees
nothing, so that pictures inlined in the text cost what reading and decoding them costs. What is withheld is named by
its reason: nothing of ordinary text should be.
"""

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Finding, Payload, Unreadable
from facegate_addons.inspection.walk import inspect

SIZE = 2 << 20  # bytes of each kind that are made
KINDS = ("html", "css", "js", "json", "xml", "csv", "svg", "map", "txt", "md", "py", "yaml", "ts", "scss")
_ALIKE = {"htm": "html", "mjs": "js", "cjs": "js", "yml": "yaml", "tsv": "csv", "mts": "ts", "geojson": "json"}


class Blind:
    min_face = 20
    versions: Mapping[str, str] = {}

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        return []


@dataclass
class Row:
    files: int = 0
    size: int = 0
    seconds: float = 0.0
    withheld: Counter[str] = field(default_factory=Counter)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="Name each file that is withheld.")
@click.option("--slowest", type=int, default=0, help="Name so many of the files that cost the most.")
def main(folder: Path | None, kinds: tuple[str, ...], listed: bool, slowest: int) -> None:
    rows: dict[str, Row] = defaultdict(Row)
    costs: list[tuple[float, int, str]] = []
    for kind, name, data in files(folder) if folder else made():
        if kinds and kind not in kinds:
            continue
        started = time.process_time()
        verdict = inspect(Payload(data), Blind(), Limits())
        seconds = time.process_time() - started
        row = rows[kind]
        row.files, row.size, row.seconds = row.files + 1, row.size + len(data), row.seconds + seconds
        costs.append((seconds, len(data), name))
        if isinstance(verdict, Unreadable):
            row.withheld[f"{verdict.why} {verdict.detail}".strip()] += 1
            if listed:
                click.echo(f"{verdict.why} {verdict.detail}: {name}")
    for seconds, size, name in sorted(costs, reverse=True)[:slowest]:
        click.echo(f"{seconds:7.2f} s {size / 1e6 / max(seconds, 1e-9):7.1f} MB/s {name}")
    click.echo(f"{'kind':6} {'files':>6} {'MB':>7} {'MB/s':>6}  withheld")
    for kind, row in [*sorted(rows.items()), ("all", _sum(rows))]:
        said = ", ".join(f"{count} {why}" for why, count in row.withheld.most_common())
        click.echo(
            f"{kind:6} {row.files:6} {row.size / 1e6:7.1f} {row.size / 1e6 / max(row.seconds, 1e-9):6.1f}  {said}"
        )


def _sum(rows: Mapping[str, Row]) -> Row:
    whole = Row()
    for row in rows.values():
        whole.files, whole.size, whole.seconds = (
            whole.files + row.files,
            whole.size + row.size,
            whole.seconds + row.seconds,
        )
        whole.withheld += row.withheld
    return whole


def files(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    for path in sorted(folder.rglob("*")):
        end = path.suffix[1:].lower()
        kind = _ALIKE.get(end, end)
        if kind in KINDS and path.is_file():
            yield kind, str(path.relative_to(folder)), path.read_bytes()


def made() -> Iterator[tuple[str, str, bytes]]:
    """Words, names and numbers as each kind has them."""
    draw = random.Random(1)
    words = ["".join(draw.choices("etaoinshrdlucmfwyp", k=draw.randint(2, 10))) for _ in range(3_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]

    def some(count: int) -> list[str]:
        return draw.choices(words, weights, k=count)

    def number() -> str:
        return f"{draw.uniform(-180, 180):.{draw.randint(0, 6)}f}"

    def row(kind: str) -> str:
        a, b, c, d = some(4)
        match kind:
            case "html":
                return f'<p class="{a}"><a href="/{b}?{c}={number()}&amp;{d}">{" ".join(some(12))}</a>, {a}.</p>\n'
            case "css":
                return f".{a}-{b}:hover,#{c}{{margin:0 {number()}px;color:#{draw.randrange(1 << 24):06x};font:{d}}}\n"
            case "js":
                return f'function {a}(e,t){{var {b}=e.{c}("{d}",t);return {b}?{number()}:this.{a}[{b}]||null}}'
            case "json":
                return json.dumps({a: b, "id": draw.randrange(10**6), c: " ".join(some(6)), d: [number(), None]}) + ","
            case "xml":
                return f'<{a} {b}="{number()}"><{c}>{" ".join(some(8))}</{c}></{a}>\n'
            case "csv":
                return f"{draw.randrange(10**6)},{a},{number()},{number()},{b} {c},2026-11-{draw.randint(1, 30)}\n"
            case "svg":
                return (
                    f'<path fill="#{draw.randrange(1 << 24):06x}" d="M{number()},{number()}c{number()} {number()}z"/>\n'
                )
            case _:  # a source map's mappings
                return "".join(draw.choices("AACDEGIKMOQSUWYacegkmoqsuwyBFHJLN", k=5)) + draw.choice(",,,,;")

    for kind in ("html", "css", "js", "json", "xml", "csv", "svg", "map"):
        parts: list[str] = []
        size = 0
        while size < SIZE:
            parts.append(row(kind))
            size += len(parts[-1])
        text = "".join(parts)
        yield kind, f"made {kind}", (json.dumps({"version": 3, "mappings": text}) if kind == "map" else text).encode()


if __name__ == "__main__":
    main()
