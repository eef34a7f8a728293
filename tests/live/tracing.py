"""Traces whose finished spans stay in memory."""

from facegate.traces.trace import Traces
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

LINE: dict[str, object] = {
    "event": "exchange", "id": "r-1", "scope": "untargeted", "action": "quarantine", "reason": "faces", "kind": "jpeg",
    "record": "", "size": 7, "status": 451, "method": "GET", "url": "http://site.test:8000/anna?token=SECRET",
}  # fmt: skip


class Seen:
    def __init__(self, rate: float = 1.0) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(TraceIdRatioBased(rate), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.traces = Traces(provider.get_tracer("test"))

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._exporter.get_finished_spans()}
