"""What the gate withholds of ordinary traffic, and what looking costs: files of published packages, each one a body.

The packages are pinned in packages.toml and fetched by npm and pip into a cache. Each of their files is a body with
the Content-Type of its name, at most --most of a package and kind, pictures left out; and so is each package itself.
Every body goes through inspection with the shipped detector and limits. Nothing here should be withheld, but for what
rightly.toml names.
"""

import json
import multiprocessing
import sys
import tomllib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

if not __package__:  # started as `python benchmarks/benign`: that folder's modules are not top-level ones
    sys.path[0] = str(Path(__file__).parents[2])

import click
import platformdirs
from facegate.errors import ConfigError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.benign import tables
from benchmarks.benign.bodies import Body, Sampler, members
from benchmarks.benign.kinds import KINDS
from benchmarks.benign.measure import Inside, Row, look, warm
from benchmarks.benign.packages import PINS, Package, fetch, pinned
from benchmarks.detector.render import show

RIGHTLY = Path(__file__).with_name("rightly.toml")
CACHE = platformdirs.user_cache_path("facegate") / "benign"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), default=CACHE, show_default=True)
@click.option("--pins", type=FILE, default=PINS, help="Other packages than those of packages.toml.")
@click.option("--most", type=click.IntRange(1), default=25, show_default=True, help="Files of one package and kind.")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; may be repeated.")
@click.option("--package", "names", multiple=True, help="Only this package; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="Name each body that is withheld.")
@click.option("--inside", is_flag=True, help="Say which members of the archives withheld are withheld alone.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes side by side.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write one line a body to this file.")
def main(
    cache: Path, pins: Path, most: int, kinds: tuple[str, ...], names: tuple[str, ...],
    listed: bool, inside: bool, jobs: int, json_file: Path | None,
) -> None:  # fmt: skip
    packages = [package for package in pinned(pins) if not names or package.name in names]
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("fetching", total=len(packages))
        fetch(packages, cache, lambda name: bar.update(task, advance=1, description=f"fetching {name}"))
        task = bar.add_task("looking", total=None)
        rows = []
        for row in looked(_bodies(packages, cache, most, kinds), jobs):
            rows.append(row)
            bar.update(task, advance=1, description=f"looking at {row.package}")
        found = Inside()
        if inside:
            task = bar.add_task("inside", total=None)
            whole = {row.package for row in rows if row.reason and not row.path}
            for package in packages:
                if package.title in whole:
                    for _ in found.add(package.title, members(cache / package.file)):
                        bar.update(task, advance=1, description=f"inside {package.name}")
    rightly = {(row["package"], row["path"]): row["why"] for row in tomllib.loads(RIGHTLY.read_text()).get("body", ())}
    made = tables.tables(rows, rightly)
    made += [tables.listed(rows, rightly)] if listed else []
    made += [tables.inside_table(found)] if inside else []
    if json_file:
        json_file.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")
    show([table for table in made if table.rows], Console())


def _bodies(packages: list[Package], cache: Path, most: int, kinds: tuple[str, ...]) -> Iterator[Body]:
    sampler = Sampler(most)
    for package in packages:
        for body in sampler.bodies(package, cache / package.file):
            if not kinds or body.kind in kinds:
                yield body


def looked(bodies: Iterator[Body], jobs: int) -> Iterator[Row]:
    if jobs == 1:
        warm()
        yield from map(look, bodies)
        return
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(jobs, context, initializer=warm))
        waiting: deque[Future[Row]] = deque()
        for body in bodies:
            waiting.append(pool.submit(look, body))
            if len(waiting) > 4 * jobs:  # a few bodies in memory, not all
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


def run() -> None:
    """Exit 2 with one line for what the user can put right."""
    try:
        main()
    except ConfigError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    run()
