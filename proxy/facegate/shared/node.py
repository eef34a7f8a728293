"""This machine's copy of what several share, and the log it is copied from."""

import contextlib
import dataclasses
import os
import secrets
from collections.abc import Iterator
from typing import Final

from facegate.errors import HomeError, StateError
from facegate.sections import State
from facegate.shared.address import Address, address
from facegate.shared.entry import Seal
from facegate.shared.follower import Follower
from facegate.shared.joining import join
from facegate.shared.link import Away
from facegate.shared.log import Log
from facegate.shared.place import place_of
from facegate.shared.recording import Recording
from facegate.shared.replica import Replica
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.private import read_private

KEY_MIN: Final = 32  # characters, as of 16 random bytes in hexadecimal


def open_node(home: Home, settings: State, *, follow: bool) -> Database:
    """`follow`: know what others write as they write it. Raises FacegateError."""
    log, seal = log_of(home, settings)
    try:
        Database.open(home.database).close()  # made, examined and brought forward
        join(log, seal, home.database)
        database = Database.open(home.database, Replica(log, seal), Recording)
    except BaseException:
        log.close()
        raise
    if not follow:
        try:
            database.catch_up()
        except Away:
            return database  # it reads what it has; what it writes is refused
        except StateError:
            database.close()
            raise
        return database
    waiting = Log(log.to, settings.ca, _node(home))
    follower = Follower(waiting, lambda: _position(database), database.catch_up)
    database.stale = lambda: follower.why
    database.following = lambda: follower.following
    database.closing.append(follower.stop)
    follower.start()
    return database


def log_of(home: Home, settings: State) -> tuple[Log, Seal]:
    """Raises HomeError when the key or the password is not there."""
    return Log(address_of(settings), settings.ca, _node(home)), Seal(secret_of(settings))


def address_of(settings: State) -> Address:
    """With the password that `state.password` names. Raises HomeError when it is not there."""
    to = address(settings.url)
    if settings.password:
        to = dataclasses.replace(to, password=read_private("state.password", settings.password, "Redis' password"))
    return to


@contextlib.contextmanager
def log_opened(home: Home, settings: State) -> Iterator[tuple[Log, Seal]]:
    log, seal = log_of(home, settings)
    try:
        yield log, seal
    finally:
        log.close()


def secret_of(settings: State) -> bytes:
    """What `state.key` names. Raises HomeError when it is not there."""
    key = read_private("state.key", settings.key, "what all nodes share")
    if len(key) < KEY_MIN:
        raise HomeError(f"state.key: it needs at least {KEY_MIN} characters; make it with: openssl rand -hex 32")
    return key.encode()


def _node(home: Home) -> str:
    """Tells nodes apart: which home it is, on which machine, is nobody's business."""
    path = home.path / "node"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(8))
    return path.read_text().strip() or "unknown"


def _position(database: Database) -> int:
    place = database.look(place_of)
    return place.position if place is not None else 0
