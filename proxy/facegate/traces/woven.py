"""Traces woven into a gateway: what it is made of, wrapped, and the addons at both ends of its chain."""

import dataclasses
from collections.abc import Sequence

from facegate_addons.hooks.chain import Parts

from facegate.metrics.meters import Meters
from facegate.sections import Traces as Settings
from facegate.traces.begin import Tracing, begin
from facegate.traces.harmless import harmless
from facegate.traces.hooks import TraceFirst, TraceLast
from facegate.traces.traced import TracedInspector, TracedLedger, TracedVault


class Woven:
    def __init__(self, tracing: Tracing, meters: Meters) -> None:
        self._tracing, self._meters = tracing, meters

    @classmethod
    def of(cls, settings: Settings, process: str, meters: Meters) -> "Woven":
        """Raises HomeError."""
        return cls(begin(settings, process, meters.lost_spans), meters)

    def parts(self, parts: Parts) -> Parts:
        traces = self._tracing.traces
        return dataclasses.replace(
            parts,
            inspector=TracedInspector(parts.inspector, traces),
            vault=TracedVault(parts.vault, traces),
            ledger=TracedLedger(parts.ledger, traces),
        )

    def addons(self, addons: Sequence[object]) -> list[object]:
        return [TraceFirst(self._tracing.traces), *addons, TraceLast()]

    def waited(self, seconds: float) -> None:
        """How long a body waited for a worker: for the metrics, too."""
        self._meters.waited(seconds)
        self._note(seconds)

    @harmless
    def _note(self, seconds: float) -> None:
        if (trace := self._tracing.traces.now()) is not None:
            trace.waited(seconds)

    @harmless
    def heard(self, source: str) -> None:
        if (trace := self._tracing.traces.now()) is not None:
            trace.heard(source)

    def end(self) -> None:
        """Returns within a second."""
        self._tracing.end()
