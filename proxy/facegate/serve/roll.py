"""The rolling reload: each gateway in turn gets a successor with the configuration as it is now, and requests go on.

Nothing is begun that cannot be finished without a restart, and whatever fails leaves those that serve where they are.
"""

import asyncio
import contextlib
import importlib.metadata
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from facegate.config import Config, load
from facegate.errors import ConfigError, FacegateError
from facegate.modes import kind
from facegate.serve import outcome
from facegate.serve.child import Child
from facegate.serve.fleet import Fleet
from facegate.serve.outcome import DONE, REFUSED, RUNNING, STOPPED, Outcome
from facegate.serve.rollable import fixed
from facegate.serve.slot import DRAIN_SECONDS

logger = logging.getLogger(__name__)

RESTART = "restart `facegate serve` for it"


class Roller:
    """One for a supervisor. `ask` is what SIGUSR2 does, from the first moment on."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._version = _installed()

    def ask(self) -> None:
        """While one runs: another one follows, since the configuration may have been changed after it was read."""
        self._asked.set()

    def ready(self, run: Path) -> None:
        """Asking is understood from now on. Raises OSError."""
        self._run, self._outcome = run, Outcome(os.getpid())
        outcome.note(run, self._outcome)

    async def keep(
        self, settings: Config, overrides: dict[str, Any], fleet: Fleet, keep: Callable[[Child], None]
    ) -> None:
        """Until it is cancelled. `settings` are those in force."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            settings = await self._reload(settings, overrides, fleet, keep)

    async def _reload(
        self, before: Config, overrides: dict[str, Any], fleet: Fleet, keep: Callable[[Child], None]
    ) -> Config:
        """What is in force after it."""
        number = self._outcome.number + 1
        self._tell(Outcome(os.getpid(), number, RUNNING, len(fleet.slots), step="the configuration is read"))
        text = _read(before.source)
        try:
            after = load(before.source, **overrides)
            self._check(before, after)
        except FacegateError as error:
            return self._ended(REFUSED, str(error), before)

        def unchanged() -> None:
            if _read(before.source) != text:
                raise ConfigError(f"{before.source} was changed meanwhile; reload again")

        patience = max(before.limits.response, after.limits.response) + DRAIN_SECONDS
        for slot in fleet.slots:
            name = f"gateway {slot.number}"
            self._tell(replace(self._outcome, step=name))
            try:
                await slot.replace(unchanged, keep, patience)
            except FacegateError as error:
                why = str(error)  # a child that ended without a word is named in it already
                return self._ended(STOPPED, why if why.startswith(name) else f"{name}: {why}", before)
            self._tell(replace(self._outcome, replaced=self._outcome.replaced + 1))
        return self._ended(DONE, "", after)

    def _check(self, before: Config, after: Config) -> None:
        """Raises FacegateError, which says what to do."""
        if kind(before.listen.mode) == "wireguard":
            raise ConfigError(f"tunnels have their ports to themselves, so none can follow another; {RESTART}")
        if (now := _installed()) != self._version:
            raise ConfigError(f"facegate {now} is installed, and {self._version} runs; {RESTART}")
        if settings := fixed(before, after):
            raise ConfigError(f"{', '.join(settings)} cannot change in a reload; {RESTART}, or put it back")
        _ = after.worker_settings  # is the model there?

    def _ended(self, state: str, why: str, settings: Config) -> Config:
        it = replace(self._outcome, state=state, why=why, step="")
        self._tell(it)
        if state == REFUSED:
            logger.error("not reloaded: %s", why)
        elif state == STOPPED:
            logger.error("reload given up, %d of %d gateways replaced: %s", it.replaced, it.gateways, why)
        else:
            logger.info("reloaded: %d gateways replaced", it.replaced)
        return settings

    def _tell(self, it: Outcome) -> None:
        self._outcome = it
        try:
            outcome.note(self._run, it)
        except OSError as error:  # the reload goes on, and the log says how it ended
            logger.warning("reload: its state cannot be written (%s)", error.strerror)


def _installed() -> str:
    return importlib.metadata.version("facegate")


def _read(source: Path | None) -> bytes:
    """What is no file any more differs from what was one."""
    with contextlib.suppress(OSError):
        return source.read_bytes() if source else b""
    return b""
