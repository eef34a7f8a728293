"""What one operator's targeted jobs come to within a time, as the database has it."""

import functools
import ipaddress
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from publicsuffixlist import PublicSuffixList

from facegate.moments import stamp
from facegate.thresholds import Totals


def totals_of(
    connection: sqlite3.Connection, operator: str, windows: Sequence[timedelta], now: datetime, *, signature: int = 0
) -> list[Totals]:
    """Of `operator` (its key), for each window: of what was in force or released within it, and not signed before
    `signature`, the number of signatures there had been."""
    parts = {row["part"]: row for row in connection.execute(*_parts(operator, windows, now, signature))}
    last = _signature(connection, operator)
    found = []
    for number, window in enumerate(windows):
        subjects, hosts = (parts[part][f"n{number}"] if part in parts else 0 for part in ("subject", "host"))
        overlap = parts["host"][f"most{number}"] if "host" in parts else 0
        counts = [released(connection, operator, which, now - window)[1] for which in range(signature, last + 1)]
        releases, faces = (sum(count[at] for count in counts) for at in (0, 1))
        found.append(Totals(subjects, hosts, releases, faces, overlap))
    return found


def released(
    connection: sqlite3.Connection, operator: str, signature: int, since: datetime
) -> tuple[sqlite3.Row | None, tuple[int, int]]:
    """The last day between that signature and the next one, and the releases and faces from `since` on. The day that
    `since` lies in counts whole: never less than the window. As quick after ten years as on the first day."""
    of = (operator, signature)
    last = connection.execute(f"{_DAY} ORDER BY day DESC LIMIT 1", of).fetchone()
    if last is None:
        return None, (0, 0)
    before = connection.execute(f"{_DAY} AND day < ? ORDER BY day DESC LIMIT 1", (*of, day_of(since))).fetchone()
    if before is None:
        return last, (last["releases"], last["faces"])
    return last, (last["releases"] - before["releases"], last["faces"] - before["faces"])


@functools.lru_cache(maxsize=10_000)
def domain_of(pattern: str) -> str:
    """The registrable domain that a host pattern lies in; the host itself where there is none."""
    host = pattern.removeprefix("*.")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return _suffixes().privatesuffix(host) or host
    return host


def day_of(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


_DAY = "SELECT day, releases, faces FROM operator_days WHERE operator = ? AND signature = ?"


def _parts(
    operator: str, windows: Sequence[timedelta], now: datetime, signature: int
) -> tuple[str, tuple[str | int, ...]]:
    """One pass over what may be a million rows. A value that an older signature saw in the window is signed; overlap
    is the largest number of unsigned jobs with one domain."""
    inner, outer = [], []
    values: list[str | int] = []
    for number, window in enumerate(windows):
        inner += [f"sum(until > ?) AS all{number}", f"sum(until > ? AND signature >= ?) AS new{number}"]
        values += [stamp(now - window), stamp(now - window), signature]
        outer += [f"sum(all{number} > 0 AND all{number} = new{number}) AS n{number}"]
        outer += [f"max(new{number}) AS most{number}"]
    sql = (
        f"SELECT part, {', '.join(outer)} FROM (SELECT part, {', '.join(inner)} FROM operator_parts"  # noqa: S608 - numbers
        " WHERE operator = ? AND until > ? GROUP BY part, value) GROUP BY part"
    )
    return sql, (*values, operator, stamp(now - max(windows)))


def _signature(connection: sqlite3.Connection, operator: str) -> int:
    row = connection.execute("SELECT signatures FROM operators WHERE key = ?", (operator,)).fetchone()
    return row["signatures"] if row is not None else 0


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
