"""The door: a name and a password give a session, with a brake on guessing for each address and each name."""

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from facegate.console.brake import Brake
from facegate.ledger.chained import ChainedLedger
from facegate.state.database import Database
from facegate.state.users import Account, account, check_password

AT_ONCE = 2  # passwords hashed at once: each takes 64 MB and 50 ms of a core, which strangers could ask for
WAITING = 30  # that wait for their turn; more are sent away
FAILURES_OF_NAME = 30  # within the brake's window, from wherever; more than of an address: many share a name's fate


@dataclass(frozen=True)
class Refused:
    """`retry_after`: seconds until another try counts; None when it may be made at once."""

    retry_after: int | None = None


class Door:
    """One for the process. Blocks while it hashes: call it from a thread."""

    def __init__(self, database: Database, ledger: ChainedLedger, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ledger = ledger
        self.brake = Brake(clock)
        self._names = Brake(clock, FAILURES_OF_NAME)
        self._hashing = threading.BoundedSemaphore(AT_ONCE)
        self._turns = threading.BoundedSemaphore(AT_ONCE + WAITING)

    def enter(self, name: str, password: str, address: str) -> Account | Refused:
        """Failures are noted in the ledger, without what was typed."""
        found = self.check(name, password, address)
        if isinstance(found, Account):
            self._ledger.append({"event": "console-entered", "user": found.name, "from": address})
        return found

    def check(self, name: str, password: str, address: str) -> Account | Refused:
        """The same for somebody who is inside and is asked again; it is no log-in, so the ledger has failures alone."""
        key = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
        with self._turn() as mine:
            if not mine:
                return Refused(1)
            # Not before: of many guesses, those that waited see the ones that failed.
            wait = max(filter(None, (self.brake.wait(address), self._names.wait(key))), default=None)
            if wait is not None:
                return Refused(wait)
            found = self._checked(name, password)
        if found is None:
            self.brake.failed(address)
            self._names.failed(key)
            self._ledger.append({"event": "console-refused", "from": address})
            return Refused()
        return found

    def _checked(self, name: str, password: str) -> Account | None:
        return account(self._database, name) if check_password(self._database, name, password) is not None else None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[bool]:
        if not self._turns.acquire(blocking=False):
            yield False
            return
        try:
            with self._hashing:
                yield True
        finally:
            self._turns.release()
