"""The gate's ports with a span for what passes through them."""

import time
from collections.abc import Mapping

from facegate_addons.domain.model import Payload, QuarantineRecord, Verdict
from facegate_addons.domain.ports import Inspector, Ledger, Vault

from facegate.traces.attributes import Attributes, of_verdict
from facegate.traces.harmless import harmless
from facegate.traces.trace import Traces


class TracedInspector:
    """Satisfies Inspector. `heard` and `waited` are told by who is inside, of the request that is looked at."""

    def __init__(self, inspector: Inspector, traces: Traces) -> None:
        self._inspector, self._traces = inspector, traces

    async def inspect(self, payload: Payload) -> Verdict:
        self._begin()
        verdict: Verdict | None = None
        try:
            verdict = await self._inspector.inspect(payload)
            return verdict
        finally:
            self._end(verdict, len(payload.body))

    @harmless
    def _begin(self) -> None:
        if (trace := self._traces.now()) is not None:
            trace.look()

    @harmless
    def _end(self, verdict: Verdict | None, size: int) -> None:
        if (trace := self._traces.now()) is not None:
            attributes: Attributes = of_verdict(verdict) if verdict is not None else {}
            trace.looked(attributes | {"facegate.body.size": size})


class TracedVault:
    """Satisfies Vault."""

    def __init__(self, vault: Vault, traces: Traces) -> None:
        self._vault, self._traces = vault, traces

    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        since, failure = time.time_ns(), ""
        try:
            return await self._vault.keep(record, body)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            self._note(since, len(body), failure)

    @harmless
    def _note(self, since: int, size: int, failure: str) -> None:
        if (trace := self._traces.now()) is not None:
            attributes: Attributes = {"facegate.body.size": size}
            if failure:
                attributes["error.type"] = failure
            trace.child("vault keep", since, time.time_ns(), attributes)


class TracedLedger:
    """Satisfies Ledger. The line of an exchange ends its trace."""

    def __init__(self, ledger: Ledger, traces: Traces) -> None:
        self._ledger, self._traces = ledger, traces

    @property
    def healthy(self) -> bool:
        return self._ledger.healthy

    def append(self, entry: Mapping[str, object]) -> None:
        since = time.time_ns()
        self._ledger.append(entry)
        if entry.get("event") == "exchange":
            self._end(entry, since)

    @harmless
    def _end(self, entry: Mapping[str, object], since: int) -> None:
        if (trace := self._traces.of(str(entry["id"]))) is not None:
            trace.child("ledger append", since, time.time_ns())
            trace.end(entry)
