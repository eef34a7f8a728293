"""The ledgers while the gateway runs: verified in the background, signed every hour, at a rotation and at the end."""

import asyncio
import logging
import threading
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from facegate.config import Config
from facegate.errors import FacegateError
from facegate.ledger import checkpoints
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.files import closed, names
from facegate.ledger.scan import CHECKPOINT
from facegate.ledger.signing import signing_key
from facegate.ledger.standing import Watch
from facegate.serve.periodic import every
from facegate.state.home import Home

logger = logging.getLogger(__name__)

STEP = 5.0  # seconds between two looks for rotated files
LOOK = 60.0  # seconds between two verifications of what is new
PAUSE = 0.02  # seconds of rest after each MB that was verified, which takes 5 ms: one fifth of a core at most
DAMAGE = "ledger-damage-found"


class Care:
    """Only one gateway of a home has one. Raises HomeError when there is no key to sign with."""

    def __init__(self, home: Home, config: Config, ledger: ChainedLedger) -> None:
        self._home, self._ledger = home, ledger
        self._every, self._elsewhere = config.ledger.checkpoint_seconds, config.ledger.checkpoints_elsewhere
        self._key: Ed25519PrivateKey = signing_key(home, config.ledger.key)
        self._stopping = threading.Event()
        self._watch = Watch(home, self._rest)
        self._closed: set[str] | None = None
        self._signed = self._looked = float("-inf")

    async def keep(self, step: float = STEP) -> None:
        """Until it is cancelled; what is under way is broken off."""
        keeping = asyncio.create_task(every(step, self.step, "ledger"))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            self._stopping.set()
            keeping.cancel()
            await asyncio.wait([keeping])
            raise

    def step(self) -> None:
        """In a thread."""
        try:
            now = time.monotonic()
            closed_now = {path.name for name in names(self._home.ledger) for path in closed(self._home.ledger, name)}
            rotated = self._closed is not None and bool(closed_now - self._closed)
            if rotated or now - self._signed >= self._every:
                first = self._closed is None
                self._closed = closed_now
                self._sign("start" if first else "rotation" if rotated else "periodic")
                self._signed = now
            if now - self._looked >= LOOK:
                self._look()
                self._looked = now
        except _Stopped:
            return
        except OSError as error:
            logger.error("ledger: its state cannot be written (%s)", error.strerror)  # noqa: TRY400 - one line

    def end(self) -> None:
        """The last checkpoint, once the ledger is closed: nothing can be written into it any more."""
        try:
            checkpoints.make(self._home.ledger, self._key, "stop", self._elsewhere)
        except FacegateError as error:
            logger.error("ledger: %s", error)  # noqa: TRY400 - one line, no traceback

    def _sign(self, why: str) -> None:
        it, digest = checkpoints.make(self._home.ledger, self._key, why, pace=self._rest)
        self._ledger.append({"event": CHECKPOINT, "number": it.number, "sha256": digest, "why": why})
        if self._elsewhere is not None:
            try:
                checkpoints.copy(self._home.checkpoints, self._elsewhere)
            except FacegateError as error:
                logger.error("ledger: %s", error)  # noqa: TRY400 - one line; it is tried again with the next one

    def _look(self) -> None:
        _standing, found = self._watch.look()
        for text in found:
            logger.error("ledger: DAMAGE: %s", text)
            self._ledger.append({"event": DAMAGE, "what": text})

    def _rest(self, _bytes: int) -> None:
        if self._stopping.wait(PAUSE):
            raise _Stopped


class _Stopped(Exception):
    pass
