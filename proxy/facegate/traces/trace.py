"""The traces of the exchanges that are under way: begun at a request's head, ended by its ledger line.

Sampled at the head, by the share alone: a `traceparent` of a crawler or an origin is another one's word, and would let
them choose what is traced and under which id. Theirs goes on as it came, and ours is sent to nobody but the collector.
"""

import time
from collections.abc import Mapping
from weakref import WeakValueDictionary

from facegate_addons.domain import current
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from facegate.traces.attributes import Attributes, of_line

CHILDREN_MAX = 100  # spans of one exchange; a stream has no end, and each of its windows is looked at


class Trace:
    """One exchange that is sampled."""

    def __init__(self, tracer: Tracer, root: Span) -> None:
        self._tracer, self._root = tracer, root
        self._within = set_span_in_context(root, Context())
        self._children = 0
        self._looking: Span | None = None
        self._source = ""
        self.asked = self.answered = 0  # when the request was let out, and when the origin's head was there; ns

    def child(
        self, name: str, since: int, until: int, attributes: Attributes | None = None, *, out: bool = False
    ) -> None:
        """A span from `since` to `until` (ns of the epoch). `out`: somebody else was asked."""
        if self._allowed():
            kind = SpanKind.CLIENT if out else SpanKind.INTERNAL
            span = self._tracer.start_span(name, self._within, kind, attributes, start_time=since)
            if attributes and "error.type" in attributes:
                span.set_status(Status(StatusCode.ERROR))
            span.end(max(since, until))

    def look(self) -> None:
        """An inspection begins. One exchange has one at a time."""
        self._source = ""
        if self._allowed():
            self._looking = self._tracer.start_span("inspection", self._within)

    def heard(self, source: str) -> None:
        self._source = source

    def waited(self, seconds: float) -> None:
        """It has waited for a worker until now."""
        if self._looking is not None and self._root.is_recording():
            now = time.time_ns()
            within = set_span_in_context(self._looking, Context())
            since = now - int(seconds * 1e9)
            self._tracer.start_span("wait for a worker", within, start_time=since).end(now)

    def looked(self, attributes: Attributes) -> None:
        if self._looking is not None:
            self._looking.set_attributes(attributes)
            if self._source:
                self._looking.set_attribute("facegate.verdict.source", self._source)
            self._looking.end()
            self._looking = None

    def end(self, line: Mapping[str, object]) -> None:
        self.looked({})  # one that was cut off
        attributes = of_line(line)
        if self._children > CHILDREN_MAX:
            attributes["facegate.spans.left_out"] = self._children - CHILDREN_MAX
        self._root.set_attributes(attributes)
        if "error.type" in attributes:
            self._root.set_status(Status(StatusCode.ERROR))
        self._root.end()

    def _allowed(self) -> bool:
        self._children += self._root.is_recording()
        return self._root.is_recording() and self._children <= CHILDREN_MAX


class Traces:
    """By the id of the request. An exchange that never has a line (an open tunnel) is forgotten with its flow, which
    holds the only reference."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._open: WeakValueDictionary[str, Trace] = WeakValueDictionary()

    def begin(self, request: str, since: int) -> Trace | None:
        """None for one that is not sampled. Whoever asks has to hold it."""
        root = self._tracer.start_span("exchange", Context(), SpanKind.SERVER, start_time=since)
        if not root.is_recording():
            return None
        trace = self._open[request] = Trace(self._tracer, root)
        return trace

    def of(self, request: str) -> Trace | None:
        return self._open.get(request)

    def now(self) -> Trace | None:
        """Of the request that this is done for."""
        return self._open.get(current.request.get())
