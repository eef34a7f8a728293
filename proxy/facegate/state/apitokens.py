"""Bearer tokens of the HTTP API: each belongs to an added user, is kept as its sha256 only, and ends by itself."""

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, NotFound
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database

PREFIX = "fgk_"  # what scanners for secrets look for
_BYTES = 32  # 256 random bits: a plain sha256 of them needs no salt and no slow hash
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(hours=1)  # how exactly the last use is kept: not a write for each request

# What each role may do; a token may do what its user's role may, of the scopes that it was made with.
OF_ROLE: Final = {
    "operator": ("jobs:read", "jobs:write", "accumulation:read"),
    "reviewer": (
        *("jobs:read", "jobs:approve", "accumulation:read", "accumulation:sign"),
        *("records:read", "records:decide"),
    ),
    "admin": (
        *("jobs:read", "jobs:write", "jobs:approve", "accumulation:read", "accumulation:sign"),
        *("records:read", "records:decide"),
        *("users:read", "users:write"),
    ),
}
SCOPES: Final = OF_ROLE["admin"]


@dataclass(frozen=True, slots=True)
class ApiToken:
    """`id` names it where it is listed and revoked; it is no secret."""

    id: str
    user: str
    role: str  # of the user, as it is now
    scopes: tuple[str, ...]
    made: datetime
    expires: datetime
    used: datetime | None = None

    def may(self, scope: str) -> bool:
        return scope in self.scopes and scope in OF_ROLE[self.role]

    def as_json(self) -> dict[str, Any]:
        used = self.used.isoformat() if self.used else None
        times = {"made": self.made.isoformat(), "expires": self.expires.isoformat(), "used": used}
        return {"id": self.id, "user": self.user, "role": self.role, "scopes": list(self.scopes), **times}


def make(
    database: Database, ledger: ChainedLedger, user: str, scopes: Collection[str], lasts: timedelta, by: Actor
) -> tuple[ApiToken, str]:
    """The token and its text, which is shown to nobody ever again."""
    asked = tuple(scope for scope in SCOPES if scope in scopes)
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise ConfigError(f"{unknown[0]!r} is no scope; use some of {', '.join(SCOPES)}")
    if not asked:
        raise ConfigError(f"a token needs a scope; use some of {', '.join(SCOPES)}")
    if not timedelta(0) < lasts <= LONGEST:
        raise ConfigError(f"a token lasts from 1s to {LONGEST.days}d")
    text = PREFIX + secrets.token_urlsafe(_BYTES)

    def insert(connection: sqlite3.Connection) -> ApiToken:
        row = connection.execute("SELECT name, role FROM users WHERE name = ?", (user,)).fetchone()
        if row is None:
            raise NotFound(f"no user {user!r}; add one with `facegate user add {user} --role reviewer`")
        if never := [scope for scope in asked if scope not in OF_ROLE[row["role"]]]:
            raise ConfigError(f"{row['name']} is {row['role']}, who may not {', '.join(never)}; leave it away")
        now = utc_now()
        token = ApiToken(secrets.token_hex(6), row["name"], row["role"], asked, now, now + lasts)
        facts = {"token": token.id, "scopes": list(asked), "expires": token.expires.isoformat()}
        ledger.append_now(
            {"event": "api-token-made", "user": token.user, "by": by.name, "via": by.via, **facts},
        )
        connection.execute(
            "INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (token.id, hash_of(text), token.user, json.dumps(asked), now.isoformat(), token.expires.isoformat()),
        )
        return token

    return database.write_now(insert), text


def find(database: Database, text: str, now: datetime) -> ApiToken | None:
    """The token whose text this is, while it is good and its user is there."""
    hashed = hash_of(text)
    for row in database.read(f"{_SELECT} WHERE t.hash = ?", (hashed,)):
        token = _token(row)
        if hmac.compare_digest(row["hash"], hashed) and now < token.expires:
            return token
    return None


def note_use(database: Database, token: ApiToken, now: datetime) -> None:
    """Keep when it was used last, to the hour."""
    if token.used is not None and now - token.used < USED_EVERY:
        return
    database.write_now(
        lambda connection: connection.execute(
            "UPDATE api_tokens SET used = ? WHERE id = ?", (now.isoformat(), token.id)
        )
    )


def list_tokens(database: Database, user: str | None = None) -> list[ApiToken]:
    """By user, the oldest first; also those that have expired."""
    where, values = ("WHERE t.user = ?", (user,)) if user is not None else ("", ())
    return [_token(row) for row in database.read(f"{_SELECT} {where} ORDER BY t.user, t.made, t.id", values)]


def revoke(database: Database, ledger: ChainedLedger, token_id: str, by: Actor) -> str:
    """It is worthless from here on. Returns whose it was."""

    def delete(connection: sqlite3.Connection) -> str:
        row = connection.execute("SELECT user FROM api_tokens WHERE id = ?", (token_id,)).fetchone()
        if row is None:
            raise NotFound(f"no token {token_id!r}; `facegate user tokens` shows their ids")
        user: str = row["user"]
        ledger.append_now({"event": "api-token-revoked", "token": token_id, "user": user, "by": by.name, "via": by.via})
        connection.execute("DELETE FROM api_tokens WHERE id = ?", (token_id,))
        return user

    return database.write_now(delete)


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


_SELECT = "SELECT t.*, u.name, u.role FROM api_tokens t JOIN users u ON u.name = t.user"


def _token(row: sqlite3.Row) -> ApiToken:
    made, expires = datetime.fromisoformat(row["made"]), datetime.fromisoformat(row["expires"])
    used = datetime.fromisoformat(row["used"]) if row["used"] else None
    return ApiToken(row["id"], row["name"], row["role"], tuple(json.loads(row["scopes"])), made, expires, used)
