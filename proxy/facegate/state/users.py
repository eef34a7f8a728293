"""The people who may approve, review and look at the console."""

import functools
import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass, field
from typing import Final

import argon2
from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError, Conflict, NotFound
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database

ROLES: Final = ("operator", "reviewer", "admin")
PASSWORD_BYTES = 18  # 144 random bits, 24 characters to type
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8 at least, log-ins here open a face quarantine
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HASHER = argon2.PasswordHasher()  # argon2id with RFC 9106's low-memory profile, the library's default


@dataclass(frozen=True)
class SystemUser:
    """Whoever the operating system says runs a command. No added user can be called as this is recorded."""

    name: str

    def __str__(self) -> str:
        return f"os:{self.name}"


@functools.cache
def _nobody() -> str:
    """Work for a name that does not exist, so that the time of an answer does not tell which names do."""
    return _HASHER.hash(secrets.token_urlsafe())


def generate_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: str
    added: str


def add(
    database: Database, ledger: ChainedLedger, name: str, role: str, password: str, by: Actor | None = None
) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no user name; use letters, digits, '.', '_', '@' and '-', at most 64")
    _is_role(role)
    hashed = _hashed(password)

    def insert(connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone():
            raise Conflict(f"a user {name!r} exists already; choose another name")
        ledger.append_now({"event": "user-added", "user": name, "role": role, **_who(by)})
        connection.execute("INSERT INTO users VALUES (?, ?, ?, ?)", (name, role, hashed, utc_now().isoformat()))

    database.write_now(insert)


def list_users(database: Database) -> list[User]:
    """By name."""
    rows = database.read("SELECT name, role, added FROM users ORDER BY name")
    return [User(row["name"], row["role"], row["added"]) for row in rows]


def remove(database: Database, ledger: ChainedLedger, name: str, by: Actor) -> None:
    """Their log-in and tokens are worthless from here on; what they decided stays, under their name."""
    _change(database, ledger, "user-removed", name, by, "DELETE FROM users WHERE name = ?", ())


def set_role(database: Database, ledger: ChainedLedger, name: str, role: str, by: Actor) -> None:
    """It counts at the next request; a token does no more than its user's role."""
    _is_role(role)
    _change(database, ledger, "user-role", name, by, "UPDATE users SET role = ? WHERE name = ?", (role,), role=role)


def set_password(database: Database, ledger: ChainedLedger, name: str, password: str, by: Actor) -> None:
    sql = "UPDATE users SET password_hash = ? WHERE name = ?"
    _change(database, ledger, "user-password", name, by, sql, (_hashed(password),))


def check_password(database: Database, name: str, password: str) -> str | None:
    """The user's role, or None. Takes as long for a name that does not exist (about 50 ms of one core)."""
    rows = database.read("SELECT role, password_hash FROM users WHERE name = ?", (name,))
    try:
        _HASHER.verify(rows[0]["password_hash"] if rows else _nobody(), password.encode("utf-8", "surrogatepass"))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return None
    return str(rows[0]["role"]) if rows else None


@dataclass(frozen=True, slots=True)
class Account:
    """`seal` changes with password and role: what was opened under another one is over."""

    name: str
    role: str
    seal: str = field(repr=False)


def account(database: Database, name: str) -> Account | None:
    rows = database.read("SELECT name, role, password_hash, added FROM users WHERE name = ?", (name,))
    if not rows:
        return None
    row = rows[0]
    sealed = "\0".join((row["role"], row["password_hash"], row["added"]))
    return Account(row["name"], row["role"], hashlib.sha256(sealed.encode()).hexdigest())


def actor(database: Database, name: str, via: str = "cli") -> Actor:
    """Who decides as `name`. Raises NotFound for nobody who was added."""
    rows = database.read("SELECT name, role FROM users WHERE name = ?", (name,))
    if not rows:
        raise NotFound(f"no user {name!r}; add one with `facegate user add {name} --role reviewer`")
    return Actor(rows[0]["name"], rows[0]["role"], via)


def reviewer(connection: sqlite3.Connection, name: str) -> str:
    """The name, as it was added, of somebody who may approve and release. Raises ConfigError for anybody else."""
    row = connection.execute("SELECT name, role FROM users WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise ConfigError(f"no user {name!r}; add one with `facegate user add {name} --role reviewer`")
    if row["role"] not in ("reviewer", "admin"):
        raise ConfigError(f"{row['name']} is {row['role']}; this takes a reviewer or an admin")
    return str(row["name"])


def _change(
    database: Database,
    ledger: ChainedLedger,
    event: str,
    name: str,
    by: Actor,
    sql: str,
    values: tuple[str, ...],
    **facts: str,
) -> None:
    def change(connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT name FROM users WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise NotFound(f"no user {name!r}; `facegate user list` shows who was added")
        ledger.append_now({"event": event, "user": row["name"], **facts, **_who(by)})
        connection.execute(sql, (*values, row["name"]))

    database.write_now(change)


def _who(by: Actor | None) -> dict[str, str]:
    return {} if by is None else {"by": by.name, "via": by.via}


def _is_role(role: str) -> None:
    if role not in ROLES:
        raise ConfigError(f"{role!r} is no role; use one of {', '.join(ROLES)}")


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(f"the password has to have at least {SHORTEST_PASSWORD} characters")
    return _HASHER.hash(password)
