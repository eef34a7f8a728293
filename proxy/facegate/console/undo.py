"""What a session decided lately, so that the last of it can be taken back."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from facegate.console.sessions import Session
from facegate.quarantine.entries import Release
from facegate.quarantine.work import Decided

SECONDS = 300.0  # for a slip of the hand; what is older is reopened on the record's page
REMEMBERED = 500  # decisions, or bulks of them

type Done = Decided | Release


class Undo:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._of: dict[Session, deque[tuple[float, tuple[Done, ...]]]] = {}

    def remember(self, session: Session, decided: Sequence[Done]) -> None:
        """What was decided at once is taken back at once."""
        if decided:
            with self._lock:
                self._of = {of: done for of, done in self._of.items() if not of.ended}
                self._of.setdefault(session, deque(maxlen=REMEMBERED)).append((self._clock(), tuple(decided)))

    def take(self, session: Session) -> tuple[Done, ...]:
        """The last of it, to be taken back now; () when there is nothing, or it is too old."""
        with self._lock:
            done = self._of.get(session)
            if not done:
                return ()
            at, decided = done.pop()
            if self._clock() - at > SECONDS:
                done.clear()
                return ()
            return decided
