"""A quarantine of any size, filled in bulk: rows as gateways and reviewers leave them over a year, without bytes.

Most is older than the time for which bytes are kept; what is younger is open or decided. Few jobs and hosts have most
of the records, few bodies are seen often, one old job has half of everything and nothing open.
"""

import hashlib
import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from facegate.moments import stamp
from facegate.quarantine.sightings import turned
from facegate.state.database import connect

DAYS = 365
KEPT_DAYS = 30  # for which bytes are kept
JOBS, HOSTS = 300, 20_000
OLD_JOB = "job-0000"
REASONS = (
    ("faces", 70),
    ("unknown-type", 9),
    ("encrypted", 6),
    ("undecodable", 6),
    ("opaque-text", 5),
    ("limit-time", 4),
)
DECIDED = (("open", 55), ("confirmed", 30), ("false-positive", 5), ("released", 10))
BATCH = 10_000

_VERSIONS = json.dumps({"policy": "1:quarantine/quarantine", "model": "centerface", "threshold": "0.5"})
_COLUMNS = (
    *("seq", "id", "digest", "codings", "size", "content_type", "reason", "detail", "findings", "faces", "versions"),
    *("job", "url", "host", "at", "last", "sightings", "expires", "state", "wrapped_key", "key_id", "gone"),
)
_DERIVED = (  # as the triggers would have it
    "INSERT INTO bodies SELECT digest, codings, seq FROM records WHERE gone IS NULL",
    "INSERT INTO record_jobs SELECT DISTINCT s.job, record, state FROM sightings s JOIN records r ON r.seq = record",
    "INSERT INTO record_hosts SELECT DISTINCT s.host, record, state FROM sightings s JOIN records r ON r.seq = record",
    "INSERT INTO record_hours SELECT substr(at, 1, 13), min(seq), max(seq) FROM records GROUP BY 1",
    "INSERT INTO record_counts SELECT 'all', '', state, count(*) FROM records GROUP BY state",
    "INSERT INTO record_counts SELECT 'reason', reason, state, count(*) FROM records GROUP BY reason, state",
    "INSERT INTO record_counts SELECT 'job', job, state, count(*) FROM record_jobs GROUP BY job, state",
    "INSERT INTO record_counts SELECT 'host', host, state, count(*) FROM record_hosts GROUP BY host, state",
)
type _Made = tuple[dict[str, Any], list[tuple[str, str, str]]]  # a record; job, host and URL of each sighting


def fill(path: Path, size: int, now: datetime, seed: int = 1) -> None:
    """`path` is a database that has no records yet. What triggers and indexes do is done once, at the end."""
    connection = connect(path)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("PRAGMA foreign_keys=OFF")
        again = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        ).fetchall()
        for row in again:
            connection.execute(f"DROP {row['type']} {row['name']}")
        for batch in itertools.batched(_rows(size, now, random.Random(seed)), BATCH, strict=False):
            connection.execute("BEGIN")
            _insert(connection, batch)
            connection.execute("COMMIT")
        for sql in _DERIVED:
            connection.execute(sql)
        hosts = connection.execute("SELECT DISTINCT host FROM record_hosts").fetchall()
        connection.executemany(
            "INSERT INTO host_names VALUES (?, ?)", [(it["host"], turned(it["host"])) for it in hosts]
        )
        for row in again:
            connection.execute(row["sql"])
    finally:
        connection.close()


def job(number: int) -> str:
    return f"job-{number:04}"


def host(number: int) -> str:
    return f"{('www', 'img', 'cdn')[number % 3]}.site-{number // 3}.example"


def _rows(size: int, now: datetime, draw: random.Random) -> Iterator[_Made]:
    reasons, decided = (draw.choices(*zip(*pairs, strict=True), k=size) for pairs in (REASONS, DECIDED))
    for number in range(size):
        at = now - timedelta(days=DAYS * (size - number) / size)
        over = now - at > timedelta(days=KEPT_DAYS)
        of = OLD_JOB if over and draw.random() < 0.54 else job(_few(draw, JOBS - 1) + 1)
        place, faces = host(_few(draw, HOSTS)), 0
        state = decided[number] if not over else "expired" if decided[number] == "open" else decided[number]
        if reasons[number] == "faces":
            faces = 1 + min(int(draw.expovariate(0.7)), 60)
        seen = min(int(draw.paretovariate(1.3)), 2_000) if draw.random() < 0.1 else 1
        digest = hashlib.sha256(b"%d" % number).hexdigest()
        urls = [f"https://{place}/photos/{number}/{digest[:8]}.jpg?v={again}" for again in range(min(seen, 5))]
        yield {
            "seq": number + 1, "id": digest[32:], "digest": digest, "codings": "[]",
            "size": draw.randrange(5_000, 900_000), "content_type": "image/jpeg",
            "reason": reasons[number], "detail": "", "faces": faces, "job": of,
            "findings": json.dumps([[10 * it, 10, 10 * it + 60, 80, 0.91, ""] for it in range(min(faces, 10))]),
            "versions": _VERSIONS, "url": urls[0], "host": place, "at": stamp(at), "sightings": seen, "state": state,
            "last": stamp(at + timedelta(hours=draw.random() * 40 if seen > 1 else 0)),
            "expires": stamp(at + timedelta(days=KEPT_DAYS)),
            "wrapped_key": None if over else bytes(60), "key_id": None if over else "0" * 16,
            "gone": stamp(at + timedelta(days=KEPT_DAYS)) if over else None,
        }, [(of if draw.random() < 0.7 else job(_few(draw, JOBS - 1) + 1), place, url) for url in urls]  # fmt: skip


def _insert(connection: sqlite3.Connection, batch: tuple[_Made, ...]) -> None:
    connection.executemany(
        f"INSERT INTO records ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",  # noqa: S608
        [tuple(record[name] for name in _COLUMNS) for record, _ in batch],
    )
    connection.executemany(
        "INSERT INTO sightings (record, job, url, host, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (it["seq"], of, url, place, it["reason"], it["at"])
            for it, sightings in batch
            for of, place, url in sightings
        ],
    )
    connection.executemany(
        "INSERT INTO history (record, at, event, user, note, job) VALUES (?, ?, ?, ?, '', '')",
        [
            (it["id"], it["at"], event, user)
            for it, _ in batch
            for event, user in (("withheld", ""), (it["state"], "eve"))
            if event not in ("open", "expired")
        ],
    )


def _few(draw: random.Random, many: int) -> int:
    """One of so many, the first ones far more often."""
    return min(int(draw.paretovariate(0.6)) - 1, many - 1) if draw.random() < 0.6 else draw.randrange(many)
