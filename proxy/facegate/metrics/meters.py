"""Each metric that a gateway counts: its name, its meaning, its labels. Every label has a few known values."""

import functools
from collections.abc import Callable, Mapping

from facegate_addons.domain.alarms import Alarm
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.sniff import PICTURES
from facegate_addons.workers.ends import End
from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


type Children = tuple[Counter, Histogram, Counter, Callable[[], Counter]]


class Meters:
    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        it = self.registry = registry or CollectorRegistry()
        # `labels` takes a lock and looks for names and values: what it found is kept, for there are few
        self._children: dict[tuple[str, str, str], Children] = {}
        self._kinds: dict[str, Histogram] = {}
        self.exchanges = Counter(
            "facegate_exchanges",
            "Requests that were answered, by the scope of their job, what was done and why.",
            ["scope", "action", "reason"],
            registry=it,
        )
        self.exchange_seconds = Histogram(
            "facegate_exchange_seconds",
            "From a request's head to its answer, the origin's time included.",
            ["action"],
            buckets=SECONDS,
            registry=it,
        )
        self.bytes = Counter(
            "facegate_body_bytes", "Bytes of bodies from origins, by what was done.", ["action"], registry=it
        )
        self.faces = Counter("facegate_faces", "Faces found, by what was done.", ["action"], registry=it)
        self.inspection_seconds = Histogram(
            "facegate_inspection_seconds",
            "Looking at a body in a worker, the wait for one included, by what it was.",
            ["kind"],
            buckets=SECONDS,
            registry=it,
        )
        self.queue_seconds = Histogram(
            "facegate_queue_seconds",
            "How long a body waited for a worker, in vain or not.",
            buckets=SECONDS,
            registry=it,
        )
        self.loop_lag = Histogram(
            "facegate_loop_lag_seconds",
            "The longest that a gateway's event loop kept waiting what was due, of each second.",
            buckets=SECONDS,
            registry=it,
        )
        self.verdicts = Counter(
            "facegate_verdicts",
            "Verdicts by where they came from: a look, memory, Redis, or a look that somebody else had asked for.",
            ["source"],
            registry=it,
        )
        self.redis_verdicts = Counter(
            "facegate_redis_verdicts",
            "Questions to Redis for a verdict: found, none, late, away, or refused as not sealed by a gateway.",
            ["outcome"],
            registry=it,
        )
        self.minted = Counter(
            "facegate_certificates_minted",
            "Certificates made for the names that clients asked for.",
            registry=it,
        )
        self.vault_seconds = Histogram(
            "facegate_vault_seconds", "Keeping a withheld body durably.", buckets=SECONDS, registry=it
        )
        self.vault_failures = Counter("facegate_vault_failures", "Bodies that could not be kept.", registry=it)
        self.spans_lost = Counter(
            "facegate_spans_lost", "Spans of traces that did not reach the collector.", registry=it
        )
        self.errors = Counter(
            "facegate_errors",
            "Lines logged as errors, by the module that logged them.",
            ["module"],
            registry=it,
        )
        self._ended = Counter(
            "facegate_workers_ended", "Inspection workers that were replaced, and why.", ["why"], registry=it
        )
        self._alarms = Counter("facegate_alarms", "What must never happen, and was stopped.", ["alarm"], registry=it)
        for why in End:
            self._ended.labels(why)  # what may stay 0 is there from the start
        for alarm in Alarm:
            self._alarms.labels(alarm)
        self.state_writes_refused = Counter(
            "facegate_state_writes_refused", "Changes of the state that could not be written.", registry=it
        )
        self.unsealed = Counter(
            "facegate_unsealed",
            "Answers without a seal that came as far as the wire and were stopped there: each is a defect.",
            registry=it,
        )

    def exchange(self, entry: Mapping[str, object]) -> None:
        """`entry` is a ledger line of hooks.audit."""
        labels = str(entry["scope"]), str(entry["action"]), str(entry["reason"])
        children = self._children.get(labels)
        if children is None:
            children = self._children[labels] = self._found(*labels)
        count, seconds, size, found = children
        count.inc()
        seconds.observe(_number(entry["ms"]) / 1000)
        size.inc(_number(entry["size"]))
        if faces := _number(entry["faces"]):
            found().inc(faces)

    def waited(self, seconds: float) -> None:
        self.queue_seconds.observe(seconds)

    def lost_spans(self, count: int) -> None:
        self.spans_lost.inc(count)

    def inspected(self, kind: str, seconds: float) -> None:
        child = self._kinds.get(kind)
        if child is None:
            child = self._kinds[kind] = self.inspection_seconds.labels(kind)
        child.observe(seconds)

    def _found(self, scope: str, action: str, reason: str) -> Children:
        return (
            self.exchanges.labels(scope, action, reason),
            self.exchange_seconds.labels(action),
            self.bytes.labels(action),
            functools.cache(lambda: self.faces.labels(action)),  # no sample of 0 faces where none was looked for
        )

    def worker_ended(self, why: End) -> None:
        self._ended.labels(why).inc()

    def alarmed(self, alarm: Alarm) -> None:
        self._alarms.labels(alarm).inc()


def kind_of(verdict: Verdict) -> str:
    """One of a few words: a worker's own could be anything."""
    if not isinstance(verdict, Clear | Faces):
        return "unreadable"
    if verdict.kind in PICTURES:
        return "picture"
    return "text" if verdict.kind == "text" else "other"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
