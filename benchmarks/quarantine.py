"""How long the review's lists and searches take with 1,000, 100,000 and 1,000,000 records: flat, or it shows here.

Each size has a home of its own in a temporary directory, filled in bulk. Times are of one call in this process, with
the file in the system's cache, after one call that is not counted. The last column is the largest size against the
smallest. A call marked "partial" ended its walk before the page was full, and says so.
"""

import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import withheld
from facegate.config import Config
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.moments import stamp
from facegate.quarantine import bulk, counts, reading
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.filters import Filter, Key
from facegate.quarantine.plans import SORTS
from facegate.quarantine.search import Page, search
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import utc_now

SIZES = (1_000, 100_000, 1_000_000)
PAGE = 50  # records
_EVE = Actor("eve", "reviewer")

type Figures = dict[str, tuple[float, float]]  # median and 95th percentile, ms


@click.command(help=__doc__)
@click.option(
    "--sizes", default=",".join(map(str, SIZES)), show_default=True, help="Numbers of records, smallest first."
)
@click.option("--samples", default=100, show_default=True, help="Measurements behind each median.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything measured to this file.")
def main(sizes: str, samples: int, json_file: Path | None) -> None:
    measured: dict[int, Figures] = {}
    for size in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="facegate-bench-") as folder:
            home = Home.prepare(Config(home=Path(folder) / "home"))
            Database.open(home.database).close()
            if sys.stderr.isatty():
                click.echo(f"{size:,} records", err=True)
            withheld.fill(home.database, size, utc_now())
            measured[size] = _measure(home, size, samples)
    click.echo(table(measured))
    click.echo(f"\nMilliseconds, median and 95th percentile of {samples}; pages of {PAGE}.")
    click.echo(f"{os.cpu_count()} cores, Python {platform.python_version()}.")
    if json_file:
        json_file.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def table(measured: dict[int, Figures]) -> str:
    sizes = list(measured)
    lines = [f"| | {' | '.join(f'{size:,}' for size in sizes)} | ratio |", f"|---|{'---:|' * (len(sizes) + 1)}"]
    for name in measured[sizes[-1]]:
        pairs = [measured[size].get(name, (0.0, 0.0)) for size in sizes]
        cells = (f"{median:.2f} / {most:.2f}" for median, most in pairs)
        ratio = f"{pairs[-1][0] / pairs[0][0]:.1f}" if pairs[0][0] else "-"
        lines.append(f"| {name} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(lines)


def _measure(home: Home, size: int, samples: int) -> Figures:
    figures: Figures = {}
    with Database.open(home.database) as database:
        for name, call in _calls(database, size, random.Random(size)):
            page = call()
            partial = " (partial)" if isinstance(page, Page) and page.partial else ""
            figures[name + partial] = _times(call, samples)
        with ChainedLedger(home.ledger, "cli") as ledger:
            figures |= _decided(RecordsDesk(database, ledger), database)
    return figures


def _calls(database: Database, size: int, draw: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each call takes other values, as far as there are any."""

    def lists(after: str = "", sort: str = "newest", **looked_for: Any) -> Callable[[], Page]:
        return lambda: search(database, Filter(**looked_for), sort, PAGE, after)

    def deep() -> Page:
        return search(database, Filter(), "newest", PAGE, Key("newest", 0, draw.randrange(1, size + 1)).token())

    yield "counts, all of the dashboard's", lambda: (counts.counts(database), counts.open_by_job(database))
    yield "first page", lists()
    yield "a page anywhere", deep
    yield "the open queue", lists(state="open")
    for sort in SORTS:
        yield f"the open queue, {sort}", lists(sort=sort, state="open")
        middle = _middle(database, sort, size)
        yield f"all, {sort}, from the middle on", lists(middle, sort)
    digests = [row["digest"] for row in database.read("SELECT digest FROM records WHERE seq % ? = 0", (size // 500,))]
    yield "by digest", lambda: search(database, Filter(digest=draw.choice(digests)), "newest", PAGE)
    yield "by 8 digits of it", lambda: search(database, Filter(digest=draw.choice(digests)[:8]), "newest", PAGE)
    yield "by job", lambda: search(database, Filter(job=withheld.job(draw.randrange(withheld.JOBS))), "newest", PAGE)
    yield "by the largest job", lists(job=withheld.OLD_JOB)
    yield "the largest job's open ones: none", lists(job=withheld.OLD_JOB, state="open")
    yield "the largest job's, most faces", lists(sort="most-faces", job=withheld.OLD_JOB)
    yield "a job's, most sightings", lists(sort="most-sightings", job=withheld.job(20))
    yield (
        "by host",
        lambda: search(database, Filter(host=withheld.host(draw.randrange(withheld.HOSTS))), "newest", PAGE),
    )
    yield "by all hosts below a name", lists(host="*.site-7.example")
    yield "by all hosts below a wide name", lists(host="*.example")
    yield "open ones of a host without any", lists(host="ghost.example", state="open")
    yield "by reason", lists(reason="encrypted")
    yield "open, by reason and host", lists(reason="encrypted", state="open", host=withheld.host(0))
    yield "job and host", lists(job=withheld.job(1), host=withheld.host(1))
    yield "the largest job and a reason, nothing newer", lists(job=withheld.OLD_JOB, reason="limit-time")
    now = utc_now()
    yield "of one day half a year ago", lists(since=now - timedelta(days=183), until=now - timedelta(days=182))
    yield "of a month, by reason, most faces", lists(sort="most-faces", reason="faces", since=now - timedelta(days=30))
    yield "with 30 faces at least", lists(min_faces=30)
    yield "with 99 faces at least: none", lists(min_faces=99)
    yield "under a legal hold: none", lists(held=True)
    seen = [row["url"] for row in database.read("SELECT url FROM sightings WHERE seq % ? = 0", (size // 500,))]
    yield "by URL", lambda: search(database, Filter(url=draw.choice(seen)), "newest", PAGE)
    ids = [row["id"] for row in database.read("SELECT id FROM records WHERE seq % ? = 0", (size // 500,))]
    yield "one record with all of it", lambda: reading.show(database, draw.choice(ids))
    yield "its sightings", lambda: reading.sightings(database, draw.choice(ids))


def _middle(database: Database, sort: str, size: int) -> str:
    """Behind the record in the middle of that order."""
    column, gone = SORTS[sort].column, "WHERE gone IS NULL" if sort == "expiring" else ""
    among = database.read(f"SELECT count(*) FROM records {gone}")[0][0] if gone else size  # noqa: S608 - our own words
    row = database.read(
        f"SELECT {column} AS value, seq FROM records {gone} ORDER BY 1, 2 LIMIT 1 OFFSET ?",  # noqa: S608
        (among // 2,),
    )[0]
    return Key(sort, row["value"], row["seq"]).token()


def _decided(desk: RecordsDesk, database: Database) -> Figures:
    """Single decisions, and one on many at once."""
    later = stamp(utc_now() + timedelta(days=30))
    database.write_now(lambda c: c.execute("UPDATE records SET expires = ? WHERE gone IS NULL", (later,)).rowcount)
    ids = bulk.snapshot(database, Filter(state="open"))
    some, many = ids[: len(ids) // 2], ids[len(ids) // 2 :]
    waiting = iter(some[:20])
    figures = {"one confirmed": _times(lambda: desk.confirm(next(waiting), _EVE), len(some[:20]) - 1)}
    start = time.perf_counter()
    rows = bulk.decide(desk, "confirm", many, _EVE, "a measurement")
    taken = (time.perf_counter() - start) * 1e3
    if not all(row.done for row in rows):
        raise click.ClickException(f"a record was not confirmed: {next(row.why for row in rows if not row.done)}")
    return figures | {f"bulk, of up to {bulk.MOST // 2}: each": (taken / len(many), taken / len(many))}


def _times(call: Callable[[], object], samples: int) -> tuple[float, float]:
    taken = []
    for _ in range(samples):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1e3)
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]


if __name__ == "__main__":
    main()
