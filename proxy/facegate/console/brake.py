"""The brake on guessing passwords and tokens: an address that failed too often waits."""

import collections
import threading
import time
from collections.abc import Callable

FAILURES = 10  # from one address within WINDOW; a person who mistypes needs fewer
WINDOW = 300.0  # seconds
ADDRESSES = 10_000  # remembered at once; the oldest are forgotten first


class Brake:
    """One for the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, failures: int = FAILURES) -> None:
        self._clock = clock
        self._most = failures
        self._failures: collections.OrderedDict[str, collections.deque[float]] = collections.OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str) -> int | None:
        """Seconds until it may try again, None when it may at once."""
        with self._lock:
            now = self._clock()
            times = self._failures.get(address, collections.deque())
            while times and now - times[0] >= WINDOW:
                times.popleft()
            return int(WINDOW - (now - times[0])) + 1 if len(times) >= self._most else None

    def failed(self, address: str) -> None:
        with self._lock:
            times = self._failures.setdefault(address, collections.deque(maxlen=self._most))
            times.append(self._clock())
            self._failures.move_to_end(address)
            while len(self._failures) > ADDRESSES:
                self._failures.popitem(last=False)
