"""What the quarantine has about a person who asks: found by the address or the digest of a picture, never by a face."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facegate.errors import ConfigError
from facegate.quarantine.rows import storable
from facegate.quarantine.traces import is_trace, trace
from facegate.state.database import Database
from facegate.state.urls import host_of, without_userinfo

MOST = 10_000  # records of one search; a person's request names fewer

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for; what is "" or empty is not looked for. A record that one of them finds is found."""

    url: str = ""
    prefix: str = ""
    host: str = ""
    digest: str = ""
    records: Sequence[str] = ()


def find(database: Database, asked: Asked, secret: bytes | None) -> list[dict[str, Any]]:
    """Records, oldest first, MOST of them at most. `secret` finds what was erased, too, by its digest: None where
    nothing ever was. Raises ConfigError for what cannot be looked for."""
    queries = _queries(asked, secret)
    if not queries:
        raise ConfigError("say what to look for: --url, --prefix, --host, --digest, --file or --record")
    seqs = sorted({row[0] for sql, values in queries for row in database.read(f"{sql} LIMIT {MOST}", values)})[:MOST]
    return [_found(database, seq) for seq in seqs]


def _queries(asked: Asked, secret: bytes | None) -> list[tuple[str, list[str]]]:
    """Each by an index: as quick with a million sightings as with ten."""
    queries = list[tuple[str, list[str]]]()
    if asked.url:
        for url in spellings(asked.url):
            queries.append(("SELECT DISTINCT record FROM sightings WHERE url = ?", [url]))
    if asked.prefix:
        for url in spellings(asked.prefix, whole=False):
            sql = "SELECT DISTINCT record FROM sightings WHERE url >= ? AND url < ?"
            queries.append((sql, [url, _behind(url)]))
    if asked.host:
        host = host_of(asked.host) or asked.host.strip().lower().rstrip(".")
        queries.append(("SELECT record FROM record_hosts WHERE host = ?", [str(storable(host))]))
    if asked.digest:
        digest = asked.digest.strip().lower().removeprefix("sha256:")
        if not _SHA256.fullmatch(digest):
            raise ConfigError("--digest has to be a sha256, 64 digits of hex; `sha256sum FILE` prints one")
        for each in (digest, *([trace(secret, digest)] if secret else [])):
            queries.append(("SELECT seq FROM records WHERE digest = ?", [each]))
    for record_id in asked.records:
        queries.append(("SELECT seq FROM records WHERE id = ?", [record_id]))
    return queries


def spellings(url: str, *, whole: bool = True) -> list[str]:
    """As it may have been written down: without credentials and fragment, its host as given or in small letters."""
    plain = str(storable(without_userinfo(url.strip()))).partition("#")[0]
    match = _ORIGIN.fullmatch(plain)
    if match is None:
        raise ConfigError(f"{plain[:100]!r} is no address; write it whole, like https://news.example/photo.jpg")
    rest = match[2] or ("/" if whole else "")
    return list(dict.fromkeys((match[1] + rest, match[1].lower() + rest)))


def _behind(prefix: str) -> str:
    """The first text that is behind all that begin with `prefix`."""
    last = ord(prefix[-1])
    following = 0xE000 if last == 0xD7FF else last + 1  # half characters are none
    return prefix[:-1] + chr(following) if following <= 0x10FFFF else prefix + chr(last)


def _found(database: Database, seq: int) -> dict[str, Any]:
    (row,) = database.read("SELECT * FROM records WHERE seq = ?", (seq,))
    jobs = database.read("SELECT DISTINCT job FROM sightings WHERE record = ? ORDER BY job", (seq,))
    return {
        "id": row["id"],
        "state": row["state"],
        "at": row["at"],
        "last": row["last"],
        "sightings": row["sightings"],
        "jobs": [each["job"] for each in jobs],
        "url": row["url"],
        "digest": row["digest"],
        "reason": row["reason"],
        "faces": row["faces"],
        "expires": row["expires"],
        "hold": row["hold"],
        "erased": is_trace(row["digest"]),
        "bytes": "kept" if row["wrapped_key"] is not None else "destroyed" if row["gone"] is not None else "never kept",
    }
