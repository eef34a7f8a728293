"""Who may look: HTTP Basic against the added users, with a brake on guessing."""

import base64
import binascii
import collections
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from facegate.state.database import Database
from facegate.state.ledger import ChainedLedger
from facegate.state.users import check_password

FAILURES = 10  # from one address within WINDOW; a person who mistypes needs fewer
WINDOW = 300.0  # seconds
ADDRESSES = 10_000  # remembered at once; the oldest are forgotten first
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
        self._failures: collections.OrderedDict[str, collections.deque[float]] = collections.OrderedDict()
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
            with self._lock:  # not before: of many guesses at once, those that waited see the ones that failed
                wait = self._wait(address, self._clock())
            if wait is not None:
                return Refused(wait)
            role = check_password(self._database, name, password)
        with self._lock:
            if role is None:
                self._failed(address)
                return Refused()
            self._known = {d: (t, v) for d, (t, v) in self._known.items() if self._clock() - t < REMEMBERED}
            self._known[digest] = (self._clock(), Visitor(name, role))
        self._ledger.append({"event": "console-entered", "user": name, "from": address})
        return Visitor(name, role)

    def _wait(self, address: str, now: float) -> int | None:
        times = self._failures.get(address, collections.deque())
        while times and now - times[0] >= WINDOW:
            times.popleft()
        return int(WINDOW - (now - times[0])) + 1 if len(times) >= FAILURES else None

    def _failed(self, address: str) -> None:
        self._failures.setdefault(address, collections.deque()).append(self._clock())
        self._failures.move_to_end(address)
        while len(self._failures) > ADDRESSES:
            self._failures.popitem(last=False)
        self._ledger.append({"event": "console-refused", "from": address})


def _credentials(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None
