"""Some hundred records, made by `benchmarks/withheld.py`'s shape in small, and what a search of them has to find."""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from facegate.moments import stamp
from facegate.quarantine.filters import Filter
from facegate.quarantine.lifecycle import STATES
from facegate.quarantine.sightings import turned
from facegate.state.database import Database

START = datetime(2026, 3, 1, tzinfo=UTC)
HOSTS = ("news.example", "img.news.example", "a.img.news.example", "shop.example", "news.example.org", "192.0.2.1", "")
REASONS = ("faces", "encrypted", "unknown-type")


@dataclass(frozen=True)
class Made:
    seq: int
    digest: str
    reason: str
    state: str
    faces: int
    seen: tuple[tuple[str, str, str], ...]  # job, host, URL
    at: datetime
    last: datetime
    expires: datetime
    hold: str | None
    gone: str | None
    requests: tuple[str, ...] = ()  # of each sighting

    @property
    def id(self) -> str:
        return f"record-{self.seq}"


def make(size: int, seed: int = 1) -> list[Made]:
    draw, made = random.Random(seed), []
    for seq in range(1, size + 1):
        at = START + timedelta(minutes=seq * 7 + draw.choice((0, 0, 0, -90, 45)))  # not quite in their order
        state = draw.choice(STATES)
        hosts = draw.choices(HOSTS, k=draw.choice((1, 1, 1, 3)))
        seen = tuple((f"job-{draw.randrange(5)}", it, f"https://{it}/{seq % 9}/{seq}.jpg") for it in hosts)
        made.append(
            Made(
                *(seq, f"{seq % 3:08x}{draw.getrandbits(224):056x}", draw.choice(REASONS), state, draw.randrange(4)),
                *(seen, at, at + timedelta(hours=draw.randrange(9)), START + timedelta(hours=draw.randrange(200))),
                *("case 7" if seq % 19 == 0 else None, stamp(START) if state == "expired" else None),
                tuple("" if seq % 5 == 0 else f"request-{seq // 4 * 4}" for _ in seen),  # some are older than the ids
            )
        )
    return made


def keep(database: Database, made: list[Made]) -> None:
    """As vault and gateways do, trigger by trigger."""

    def insert(connection: sqlite3.Connection) -> None:
        for it in made:
            job, host, url = it.seen[0]
            connection.execute(
                "INSERT INTO records VALUES (?, ?, ?, '[]', 1, 'image/jpeg', ?, '', '[]', ?, '{}', ?, ?, ?, ?, ?, ?, ?,"
                " 'open', ?, NULL, NULL, ?)",
                (
                    *(it.seq, it.id, it.digest, it.reason, it.faces, job, url, host, stamp(it.at), stamp(it.last)),
                    *(len(it.seen), stamp(it.expires), it.hold, it.gone),
                ),
            )
            for (job, host, url), request in zip(it.seen, it.requests, strict=True):
                connection.execute("INSERT OR IGNORE INTO host_names VALUES (?, ?)", (host, turned(host)))
                connection.execute(
                    "INSERT INTO sightings (record, job, url, host, reason, at, request) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (it.seq, job, url, host, it.reason, stamp(it.at), request),
                )
            connection.execute("UPDATE records SET state = ? WHERE seq = ?", (it.state, it.seq))

    database.write_now(insert)


def matches(it: Made, looked_for: Filter) -> bool:
    hosts = {host for _, host, _ in it.seen}
    host = looked_for.host or ""
    return (
        looked_for.job in (None, *(job for job, _, _ in it.seen))
        and (
            looked_for.host is None or host in hosts or (host[:2] == "*." and any(h.endswith(host[1:]) for h in hosts))
        )
        and looked_for.reason in (None, it.reason)
        and looked_for.state in (None, it.state)
        and it.digest.startswith(looked_for.digest or "")
        and (looked_for.since is None or it.at >= looked_for.since)
        and (looked_for.until is None or it.at < looked_for.until)
        and it.faces >= (looked_for.min_faces or 0)
        and looked_for.held in (None, it.hold is not None)
        and any(url.startswith(looked_for.url or "") for _, _, url in it.seen)
        and (looked_for.request is None or looked_for.request.strip().lower() in set(it.requests) - {""})
    )


KEYS: dict[str, Callable[[Made], tuple[object, int]]] = {
    "newest": lambda it: (0, -it.seq),
    "oldest": lambda it: (0, it.seq),
    "last-seen": lambda it: (-it.last.timestamp(), -it.seq),
    "most-faces": lambda it: (-it.faces, -it.seq),
    "most-sightings": lambda it: (-len(it.seen), -it.seq),
    "expiring": lambda it: (it.expires, it.seq),
}


def expected(made: list[Made], looked_for: Filter, sort: str) -> list[str]:
    found = [it for it in made if matches(it, looked_for) and (sort != "expiring" or it.gone is None)]
    return [it.id for it in sorted(found, key=KEYS[sort])]
