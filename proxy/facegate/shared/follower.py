"""What other nodes write is in force here at once: a thread that Redis wakes, and that knows if it is still heard."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from facegate.errors import StateError
from facegate.shared.log import Log
from facegate.state.following import Following

logger = logging.getLogger(__name__)

BLOCK_SECONDS: Final = 0.5  # without news the log's end is asked for so often; news come at once
FRESH_SECONDS: Final = 1.5  # without a word of Redis: from then on nobody says that nothing was revoked
RETRY_SECONDS: Final = 0.3


class Follower:
    """`position` says how far the database is; `catch_up` brings it to the log's end. Either may raise StateError."""

    def __init__(self, log: Log, position: Callable[[], int], catch_up: Callable[[], None]) -> None:
        self._log = log
        self._position = position
        self._catch_up = catch_up
        self._stopping = threading.Event()
        self._current = 0.0
        self._began = time.monotonic()
        self._end = self._here = 0  # the log's end as it was last heard of, and how far the database is
        self._why = "it was not heard yet"
        self._thread = threading.Thread(target=self._run, name="shared-state", daemon=True)

    @property
    def current(self) -> bool:
        """Whatever others wrote a moment ago is known here."""
        return time.monotonic() - self._current < FRESH_SECONDS

    @property
    def why(self) -> str:
        """What is wrong; "" when nothing is."""
        return "" if self.current else self._why

    @property
    def following(self) -> Following:
        """How this node stands to the others."""
        heard = time.monotonic() - (self._current or self._began)
        return Following(self.current, max(0, self._end - self._here), heard)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._log.close()

    def _run(self) -> None:
        seen = -1
        while not self._stopping.is_set():
            asked = time.monotonic()
            try:
                if seen < 0:
                    self._catch_up()
                    seen = self._here = self._position()
                news = self._log.wait(seen, BLOCK_SECONDS)
                self._end = max([self._end, *(position for position, _ in news)])
                if news and not any(foreign for _, foreign in news):
                    seen = self._here = news[-1][0]  # this node's own: its author is about to commit it
                else:
                    self._catch_up()
                    seen = self._here = self._position()
                self._heard(asked)
            except Exception as error:  # noqa: BLE001 - a thread that ended would leave everybody with what was
                self._lost(error)
                seen = -1
                self._stopping.wait(RETRY_SECONDS)

    def _heard(self, asked: float) -> None:
        if self._current and not self.current:
            logger.warning("the shared state is back")
        self._current = max(self._current, asked)

    def _lost(self, error: Exception) -> None:
        why = str(error) if isinstance(error, StateError) else type(error).__name__
        if why != self._why:
            logger.error("%s: targeted releases are stopped, and nothing is written", why)
        self._why = why
