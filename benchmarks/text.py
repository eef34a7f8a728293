"""How fast text is looked at, by kind: megabytes a second of one core, through the whole walk.

Of every file of a folder whose name says that it is text; without one, of text made here, and of the page that
`make bench` asks for. The detector is one that sees nothing, so that pictures inlined in the text cost what reading and
decoding them costs; the last row is of the files that have none. What is withheld is named by its reason: nothing of
ordinary text should be. With --hostile, of texts made to cost the most: they are slow, and a slower one is a find.
"""

import base64
import json
import math
import random
import struct
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

from benchmarks.gate.bodies import MARK, page

SIZE = 2 << 20  # bytes of each kind that are made
KINDS = ("page", "html", "css", "js", "json", "xml", "csv", "svg", "map", "txt", "md", "py", "yaml", "ts", "scss")
_ALIKE = {"htm": "html", "mjs": "js", "cjs": "js", "yml": "yaml", "tsv": "csv", "mts": "ts", "geojson": "json"}


class Blind:
    min_face = 20
    versions: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.pictures = 0

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        self.pictures += 1
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
@click.option("--hostile", is_flag=True, help="Texts made to cost the most instead.")
@click.option("--rounds", type=int, default=1, help="How often each is looked at; the fastest counts.")
def main(folder: Path | None, kinds: tuple[str, ...], listed: bool, slowest: int, hostile: bool, rounds: int) -> None:
    rows: dict[str, Row] = defaultdict(Row)
    plain = Row()
    costs: list[tuple[float, int, str]] = []
    inspect(Payload(next(made())[2]), Blind(), Limits())  # what is read or computed once is no cost of a body
    for kind, name, data in traps() if hostile else files(folder) if folder else made():
        if kinds and kind not in kinds:
            continue
        seconds = math.inf
        for _ in range(rounds):
            blind = Blind()
            started = time.process_time()
            verdict = inspect(Payload(data), blind, Limits())
            seconds = min(seconds, time.process_time() - started)
        for row in (rows[kind], plain)[: 1 if blind.pictures else 2]:
            row.files, row.size, row.seconds = row.files + 1, row.size + len(data), row.seconds + seconds
        costs.append((seconds, len(data), name))
        if isinstance(verdict, Unreadable):
            rows[kind].withheld[f"{verdict.why} {verdict.detail}".strip()] += 1
            if listed:
                click.echo(f"{verdict.why} {verdict.detail}: {name}")
    for seconds, size, name in sorted(costs, reverse=True)[:slowest]:
        click.echo(f"{seconds:7.2f} s {size / 1e6 / max(seconds, 1e-9):7.1f} MB/s {name}")
    click.echo(f"{'kind':6} {'files':>6} {'MB':>7} {'MB/s':>6}  withheld")
    for kind, row in [*sorted(rows.items()), ("all", _sum(rows)), ("plain", plain)]:
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

    start, end = page()
    yield "page", "the page of make bench", start + b"0" * MARK + end
    for kind in ("html", "css", "js", "json", "xml", "csv", "svg", "map"):
        parts: list[str] = []
        size = 0
        while size < SIZE:
            parts.append(row(kind))
            size += len(parts[-1])
        text = "".join(parts)
        yield kind, f"made {kind}", (json.dumps({"version": 3, "mappings": text}) if kind == "map" else text).encode()


def traps() -> Iterator[tuple[str, str, bytes]]:
    """Long runs, many short ones, the beginnings of all that is looked for, and numbers: SIZE bytes of each."""
    draw = random.Random(2)
    noise = draw.randbytes(SIZE)
    in_base64 = base64.b64encode(noise)

    def repeated(piece: bytes) -> bytes:
        return piece * (SIZE // len(piece))

    yield from (
        (kind, kind, data[:SIZE])
        for kind, data in {
            "run": repeated(b"A"),
            "base64": in_base64,
            "lines": b"\n".join(in_base64[at : at + 44] for at in range(0, SIZE, 44)),
            "pieces": b'","'.join(in_base64[at : at + 12] for at in range(0, SIZE, 12)),
            "heads": repeated(b"/9j/ iVBORw R0lGOD UklGR Z0eX ffd8ff data:,"),
            "hex": b" ".join(b"%02x" % byte for byte in noise[: SIZE // 12 * 4]),
            "bytes": b",".join(b"%d" % byte for byte in noise[: SIZE // 12 * 4]),
            "words": b",".join(b"0x%x" % word for word in struct.unpack(f"<{SIZE // 12}I", noise[: SIZE // 12 * 4])),
            "escape": b"".join(b"\\x%02x" % byte for byte in noise[: SIZE // 4]),
            "entity": b"".join(b"&#%d;" % byte for byte in noise[: SIZE // 5]),
            "percent": b"".join(b"%%%02X" % byte for byte in noise[: SIZE // 12 * 4]),
            "tags": repeated(b'<re <pa <path d="h1v1h-1"/><rect fill="#'),
            "shadow": repeated(b"box-shadow:1px gradient((("),
            "nested": repeated(b"(" * 100 + b"gradient("),
            "quotes": repeated(b'" + "\\\n'),
            "real": b" ".join(b"%.17e" % value for value in (draw.random() for _ in range(SIZE // 24))),
        }.items()
    )


if __name__ == "__main__":
    main()
