"""Who may look: HTTP Basic against the added users, with a brake on guessing."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from facegate.console.brake import Brake
from facegate.state.database import Database
from facegate.state.ledger import ChainedLedger
from facegate.state.users import check_password

REMEMBERED = 60.0  # seconds in which the same credentials are not hashed again: Basic sends them with each request
AT_ONCE = 2  # passwords hashed at once: each takes 64 MB and 50 ms of a core, which strangers could ask for


@dataclass(frozen=True)
class Visitor:
    name: str
    role: str


@dataclass(frozen=True)
class Refused:
    """`retry_after`: seconds until this address may try again; None when it may at once."""

    retry_after: int | None = None


class Door:
    """One for the process. Blocks while it hashes: call it from a thread."""

    def __init__(self, database: Database, ledger: ChainedLedger, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self.brake = Brake(clock)
        self._known: dict[bytes, tuple[float, Visitor]] = {}
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._hashing = threading.BoundedSemaphore(AT_ONCE)

    def enter(self, authorization: str | None, address: str) -> Visitor | Refused:
        """`authorization` is the header's value. Failures are noted in the ledger, without what was typed."""
        given = _credentials(authorization)
        if given is None:
            return Refused()
        name, password = given
        digest = hmac.digest(self._key, f"{name}\0{password}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        with self._lock:
            now = self._clock()
            at, visitor = self._known.get(digest, (0.0, None))
            if visitor is not None and now - at < REMEMBERED:
                return visitor
        with self._hashing:
            wait = self.brake.wait(address)  # not before: of many guesses, those that waited see the ones that failed
            if wait is not None:
                return Refused(wait)
            role = check_password(self._database, name, password)
        if role is None:
            self.brake.failed(address)
            self._ledger.append({"event": "console-refused", "from": address})
            return Refused()
        with self._lock:
            self._known = {d: (t, v) for d, (t, v) in self._known.items() if self._clock() - t < REMEMBERED}
            self._known[digest] = (self._clock(), Visitor(name, role))
        self._ledger.append({"event": "console-entered", "user": name, "from": address})
        return Visitor(name, role)


def _credentials(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
