"""The master keys of a home: the one that wraps now, and older ones that still open what was wrapped under them.

Which one wraps is said by the database, not by the configuration: so it changes for all processes in one transaction.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from facegate.errors import HomeError, StateError
from facegate.quarantine.wrapped import SETTINGS
from facegate.quarantine.wrapping import (
    KEY_BYTES,
    key_digest,
    key_from_environment,
    key_from_file,
    key_id,
    make_key,
    unwrap,
)
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home

CURRENT = "SELECT value FROM settings WHERE name = 'master-key'"
# something that only the present master key opens
_MARKS = ", ".join("?" * len(SETTINGS))
_HELD = (
    "SELECT 1 FROM records WHERE wrapped_key IS NOT NULL UNION ALL "  # noqa: S608 - question marks
    f"SELECT 1 FROM settings WHERE name IN ({_MARKS}) LIMIT 1"
)
# beside home/master.key while a rotation is under way; not what `make_key` is still writing
_BESIDE = re.compile(r"master\.key\.(next|old-[0-9a-f]{16})")


class KeyRing:
    """Shared by threads: what it knows is replaced as a whole."""

    def __init__(
        self, keys: dict[str, bytes], configured: bytes, current: str, source: tuple[Home, Vault] | None = None
    ) -> None:
        """`keys` by their digests; `configured`: the one that the configuration names, which a rotation makes current.
        Without a `source` it never changes."""
        self.configured = configured
        self._keys = keys
        self._current = current
        self._source = source

    @classmethod
    def open(cls, home: Home, vault: Vault, database: Database) -> Self:
        """Raises HomeError with one line when a key is missing, wrong or readable by others.

        Which key wraps is remembered (as a hash of it), so that a wrong one is told at start and not when somebody
        needs a picture.
        """
        said = database.read(CURRENT)
        digest: str | None = said[0]["value"] if said else None
        keys = dict(_found(home, vault))
        if "env" not in vault.key and "file" not in vault.key and not home.master_key.exists():
            if digest not in keys and database.read(_HELD, SETTINGS):
                raise HomeError(
                    f"{home.master_key}: is missing, and the quarantine cannot be read without it; restore it"
                )
            make_key(home.master_key)
        configured = _configured(home, vault)
        keys[key_digest(configured)] = configured
        if digest not in keys:
            digest = key_digest(configured)
            _remember(database, digest)
        return cls(keys, configured, digest, (home, vault))

    @classmethod
    def of(cls, master: bytes) -> Self:
        """One key that is known already."""
        return cls({key_digest(master): master}, master, key_digest(master))

    @property
    def current(self) -> bytes:
        return self._keys[self._current]

    @property
    def ids(self) -> list[str]:
        return sorted(key_id(key) for key in self._keys.values())

    def key(self, id_: str) -> bytes | None:
        return next((key for digest, key in self._keys.items() if digest.startswith(id_)), None) if id_ else None

    def at(self, connection: sqlite3.Connection) -> bytes:
        """The key to wrap with in the transaction of `connection`: read anew when it is another one by now.
        Raises StateError when this process cannot know it."""
        row = connection.execute(CURRENT).fetchone()
        if row is not None and row["value"] != self._current:
            digest: str = row["value"]
            self._reload()
            if digest not in self._keys:
                raise StateError("the master key was changed to one that this process does not have; restart it")
            self._current = digest
        return self.current

    def unwrap(self, id_: str, name: str, wrapped: bytes) -> bytes:
        """What was wrapped for `name` under the key `id_`. Raises StateError."""
        if not id_:  # of a home that was begun before keys had ids
            return self._any(name, wrapped)
        if self.key(id_) is None:
            self._reload()
        key = self.key(id_)
        if key is None:
            raise StateError(
                f"record {name}: its key is wrapped under the master key {id_}, which is not there; "
                "name it under vault.old"
            )
        return unwrap(key, name, wrapped)

    def _any(self, name: str, wrapped: bytes) -> bytes:
        for digest, key in self._keys.items():
            if digest != self._current:
                with contextlib.suppress(StateError):
                    return unwrap(key, name, wrapped)
        return unwrap(self.current, name, wrapped)

    def _reload(self) -> None:
        if self._source is None:
            return
        try:
            fresh = dict(_found(*self._source))
            configured = _configured(*self._source)
        except HomeError as error:
            raise StateError(str(error)) from None
        # a key whose file is gone wraps nothing any more; the current one stays until another is
        self._keys = {self._current: self.current, **fresh, key_digest(configured): configured}


def master_key(home: Home, vault: Vault, database: Database) -> bytes:
    """The 32 bytes of the one that wraps now. Raises HomeError like `KeyRing.open`."""
    return KeyRing.open(home, vault, database).current


def beside(home: Home) -> list[Path]:
    """Files of keys that a rotation has yet to bring into place, or to destroy."""
    return sorted(path for path in home.path.glob("master.key.*") if _BESIDE.fullmatch(path.name))


def _configured(home: Home, vault: Vault) -> bytes:
    """The key that the configuration names."""
    return _read(home, vault.key)


def _read(home: Home, place: dict[str, str]) -> bytes:
    if "env" in place:
        return key_from_environment(place["env"])
    return key_from_file(Path(place["file"]).expanduser() if "file" in place else home.master_key)


def _found(home: Home, vault: Vault) -> Iterator[tuple[str, bytes]]:
    """Every key but the configured one. An old one that is no longer there has served its time."""
    for path in beside(home):
        if (key := _if_there(path)) is not None:
            yield key_digest(key), key
    for place in vault.old:
        if "file" in place and not Path(place["file"]).expanduser().exists():
            continue
        try:
            key = _read(home, place)
        except HomeError:
            if "env" in place:
                continue
            raise
        yield key_digest(key), key


def _if_there(path: Path) -> bytes | None:
    """A rotation in another process may be removing it; a crash may have left zeros of it."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return key_from_file(path)
    return None if not raw.strip(b"\0") or len(raw) < KEY_BYTES else key_from_file(path)


def _remember(database: Database, digest: str) -> None:
    def change(connection: sqlite3.Connection) -> bool:
        known = connection.execute(CURRENT).fetchone()
        if known is not None and known["value"] == digest:
            return True
        if known is not None and connection.execute(_HELD, SETTINGS).fetchone():
            return False
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('master-key', ?)", (digest,))
        return True

    if not database.write_now(change):
        raise HomeError(
            "the master key is not the one the quarantine was encrypted with; "
            "restore that one, or name it under vault.old"
        )
