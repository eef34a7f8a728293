"""The gate's ports with a count taken of what passes through them."""

import logging
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import override

from facegate_addons.domain.model import Payload, QuarantineRecord, Verdict
from facegate_addons.domain.ports import Inspector, Ledger, Vault
from facegate_addons.verdicts.remembering import Remembering

from facegate.metrics.meters import Meters, kind_of


class CountedLedger:
    """Every exchange has a line, so the lines are what is counted. Satisfies Ledger."""

    def __init__(self, ledger: Ledger, meters: Meters) -> None:
        self._ledger, self._meters = ledger, meters

    @property
    def healthy(self) -> bool:
        return self._ledger.healthy

    def append(self, entry: Mapping[str, object]) -> None:
        self._ledger.append(entry)
        if entry.get("event") == "exchange":
            self._meters.exchange(entry)


class TimedInspector:
    """Satisfies Inspector."""

    def __init__(self, inspector: Inspector, meters: Meters) -> None:
        self._inspector, self._meters = inspector, meters

    async def inspect(self, payload: Payload) -> Verdict:
        begun = time.monotonic()
        verdict = await self._inspector.inspect(payload)
        self._meters.inspected(kind_of(verdict), time.monotonic() - begun)
        return verdict


class TimedVault:
    """Satisfies Vault."""

    def __init__(self, vault: Vault, meters: Meters) -> None:
        self._vault, self._meters = vault, meters

    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        begun = time.monotonic()
        try:
            kept = await self._vault.keep(record, body)
        except BaseException:
            self._meters.vault_failures.inc()
            raise
        self._meters.vault_seconds.observe(time.monotonic() - begun)
        return kept


class CountedErrors(logging.Handler):
    """Counts lines, and keeps none of their text."""

    def __init__(self, meters: Meters) -> None:
        super().__init__(logging.ERROR)
        self._errors = meters.errors

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._errors.labels(record.name).inc()


class Totals:
    """Takes over what others count by themselves, as the steps between two looks at it."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._seen: dict[str, int] = {}

    def take(
        self,
        remembering: Remembering | None,
        unsealed: int,
        minted: int,
        redis: Mapping[str, int] = MappingProxyType({}),
        refused: int = 0,
    ) -> None:
        """`redis`: what became of the questions for verdicts, as shared.verdicts counts them; `refused`: changes of the
        state that could not be written."""
        if remembering is not None:
            counts = {"look": remembering.looks, "memory": remembering.remembered, "shared": remembering.shared}
            for source, count in (counts | {"redis": remembering.told}).items():
                self._meters.verdicts.labels(source).inc(self._step(source, count))
        for outcome, count in redis.items():
            self._meters.redis_verdicts.labels(outcome).inc(self._step(f"redis {outcome}", count))
        self._meters.unsealed.inc(self._step("unsealed", unsealed))
        self._meters.minted.inc(self._step("minted", minted))
        self._meters.state_writes_refused.inc(self._step("refused", refused))

    def lagged(self, seconds: float) -> None:
        self._meters.loop_lag.observe(seconds)

    def _step(self, name: str, count: int) -> int:
        before = self._seen.get(name, 0)
        self._seen[name] = count
        return count - before
