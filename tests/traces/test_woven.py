from facegate.metrics.meters import Meters
from facegate.traces.begin import Tracing
from facegate.traces.hooks import TraceFirst, TraceLast
from facegate.traces.woven import Woven
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def test_the_wait_is_counted_too_and_the_addons_stand_at_both_ends() -> None:
    meters = Meters()
    woven = Woven(Tracing(InMemorySpanExporter(), 1.0, "gateway-0", meters.lost_spans), meters)
    woven.waited(0.1)
    assert meters.registry.get_sample_value("facegate_queue_seconds_count") == 1
    first, middle, last = woven.addons(["a"])
    assert (type(first), middle, type(last)) == (TraceFirst, "a", TraceLast)
    woven.end()
