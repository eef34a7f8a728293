"""What the dashboard shows: everything that wants somebody's attention, each question along an index."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from facegate_addons.domain.model import Action, utc_now

from facegate.console.gateways import STALE, Status, gateways
from facegate.console.health import not_ready
from facegate.console.site import Site
from facegate.jobs.record import RegisteredJob
from facegate.state.database import Database
from facegate.state.joblist import NEAR, Only, Wanted, find_jobs
from facegate.state.standing import Standing, list_operators
from facegate.state.traffic import Amount, Kind, by_hour, reasons
from facegate.thresholds import COUNTED, Thresholds

HOURS = 24
SOON = timedelta(days=7)  # an end that is nearer is shown
FEW = 6  # of each list
LOOKED = 100  # operators that are looked at
LONG = 10_000  # of a queue; more are "10000+"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of today, and by hour of the last 24."""

    today: dict[str, int]
    reasons: Counter[str]
    hours: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that runs or is kept. `tone` as of badges."""

    name: str
    state: str
    tone: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Operators whose releases stopped, and those that come near. `more`: not all were looked at."""

    held: list[Standing]
    near: list[Standing]
    more: bool


def traffic(database: Database, now: datetime) -> Traffic:
    since = now - timedelta(hours=HOURS - 1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = by_hour(database, min(since, midnight), now)
    today = [pair for hour, kinds in hours.items() if hour[:10] == f"{now:%Y-%m-%d}" for pair in kinds.items()]
    shown = dict(list(hours.items())[-HOURS:])
    return Traffic(
        _sums(today),
        reasons(today),
        {hour: _sums(list(kinds.items())) for hour, kinds in shown.items()},
    )


def _sums(kinds: list[tuple[Kind, Amount]]) -> dict[str, int]:
    sums = dict.fromkeys(("exchanges", "passed", "redacted", "withheld", "refused", "observed", "faces"), 0)
    for kind, amount in kinds:
        sums["exchanges"] += amount.exchanges
        sums["faces"] += amount.faces
        sums["observed"] += amount.exchanges if kind.observed else 0
        match kind.action:
            case Action.PASS:
                sums["passed"] += amount.exchanges
            case Action.REDACT:
                sums["redacted"] += amount.exchanges
            case _:
                sums["withheld" if kind.withheld else "refused"] += amount.exchanges
    return sums


def open_records(database: Database) -> int | str:
    sql = "SELECT count(*) AS n FROM (SELECT 1 FROM records WHERE state = 'open' LIMIT ?)"
    return _bounded(database, sql)


def waiting_releases(database: Database) -> int | str:
    sql = "SELECT count(*) AS n FROM (SELECT 1 FROM releases WHERE state = 'waiting' LIMIT ?)"
    return _bounded(database, sql)


def _bounded(database: Database, sql: str) -> int | str:
    (row,) = database.read(sql, (LONG + 1,))
    number: int = row["n"]
    return number if number <= LONG else f"{LONG}+"


def jobs_of(database: Database, only: Only, operator: str | None) -> list[RegisteredJob]:
    """The first few, of all or of one operator. Those that end are the ones that end soon."""
    found = find_jobs(database, Wanted(only, operator=operator), limit=FEW).jobs
    if only is not Only.ENDING:
        return found
    end = utc_now() + SOON
    return [job for job in found if job.job.scope.expires is not None and job.job.scope.expires <= end]


def stopped(site: Site) -> Stopped:
    thresholds = site.config.accumulation.thresholds
    page = list_operators(site.database, thresholds, limit=LOOKED)
    held = [it for it in page.standings if it.held]
    near = [it for it in page.standings if not it.held and _comes_near(it, thresholds)]
    return Stopped(held, near, page.next is not None)


def _comes_near(standing: Standing, thresholds: Thresholds) -> bool:
    limits = ((name, getattr(thresholds, name)) for name in COUNTED)
    return any(most is not None and getattr(standing.unsigned, name) >= NEAR * most for name, most in limits)


def parts(site: Site) -> list[Part]:
    """Gateways with their workers, the state, the vault, the ledger."""
    why = not_ready(site.home, site.database, site.ledger)
    found = [_gateway(status) for status in gateways(site.home.run, time.time())]
    if not found:
        found = [Part("gateway", "not running", "bad", "facegate serve starts it")]
    for name, start in (("state", "the database"), ("vault", "the vault"), ("ledger", "the ledger")):
        wrong = next((reason for reason in why if reason.startswith(start)), "")
        found.append(Part(name, "does not answer" if wrong else "ready", "bad" if wrong else "good", wrong))
    return found


def _gateway(status: object) -> Part:
    if not isinstance(status, Status):
        return Part(getattr(status, "name", "gateway"), "unreadable", "bad", "its status cannot be read")
    workers = f"{status.workers} worker{'' if status.workers == 1 else 's'}"
    if status.age > STALE:
        return Part(status.name, "silent", "bad", f"has not reported for {status.age:.0f} s")
    if not status.ready:
        return Part(status.name, "not ready", "bad", ", ".join(status.why))
    return Part(status.name, "observes" if status.observes else "ready", "warn" if status.observes else "good", workers)
