"""The policy in force, as the configuration says it now; and loudly so while it withholds nothing."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from facegate_addons.domain.policy import OBSERVING, Policy
from facegate_addons.domain.ports import Ledger

from facegate.config import Config, load
from facegate.errors import ConfigError
from facegate.serve.banner import BANNER

logger = logging.getLogger(__name__)

REMINDER_SECONDS = 3600.0
ENFORCING = "ENFORCE MODE again: faces, and what cannot be looked at, are withheld from now on."


class PolicyInForce:
    """A configuration with a mistake in it leaves the old policy there. A change is a line in the ledger, which names
    the file: who wrote it is for the file's own history to say."""

    def __init__(self, config: Config, overrides: dict[str, Any]) -> None:
        self.config = config
        self.reloaded: Callable[[], None] = lambda: None  # told of each reload, whatever the configuration is worth
        self.now: Policy = config.gate_policy
        self.identities = config.identity.identities
        self._source = config.source
        self._overrides = overrides
        self._ledger: Ledger | None = None

    def begin(self, ledger: Ledger) -> None:
        """From here on changes are written down; that nothing is withheld from the start on, too."""
        self._ledger = ledger
        if self.now.observes:
            self._tell("", self.now)

    def reload(self) -> None:
        self.reloaded()
        try:
            self.config = load(self._source, **self._overrides)
        except ConfigError as error:
            logger.error("not reloaded: %s", error)  # noqa: TRY400 - one line, no traceback
            return
        before, self.now = self.now, self.config.gate_policy
        self.identities = self.config.identity.identities
        if self.now != before:
            self._tell(before.version, self.now)

    def _tell(self, before: str, policy: Policy) -> None:
        if policy.observes:
            _warn()
        elif before.endswith(OBSERVING):
            logger.warning("***** %s *****", ENFORCING)
        if self._ledger is not None:
            self._ledger.append(
                {
                    "event": "policy-changed",
                    "mode": policy.mode.value,
                    "policy": policy.version,
                    "before": before,  # "" at a start
                    "source": str(self._source or ""),
                }
            )

    async def remind(self) -> None:
        """Until it is cancelled: every hour, while nothing is withheld."""
        while True:
            await asyncio.sleep(REMINDER_SECONDS)
            if self.now.observes:
                _warn()


def _warn() -> None:
    logger.warning("***** %s *****", BANNER)
