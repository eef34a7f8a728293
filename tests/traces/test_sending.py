import threading
import time
from collections.abc import Sequence

import pytest
from facegate.traces import sending
from facegate.traces.sending import Sending
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


class Hangs(SpanExporter):
    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.go.wait(20)
        return SpanExportResult.SUCCESS


class Fails(SpanExporter):
    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise OSError("Bearer SECRET")


def test_a_collector_that_hangs_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "STOP_SECONDS", 0.1)
    exporter, lost = Hangs(), list[int]()
    it = Sending(exporter, lost.append, every=0.01)
    it.on_end(ReadableSpan("a"))
    assert exporter.asked.wait(10)
    it.on_end(ReadableSpan("b"))
    begun = time.monotonic()
    it.shutdown()
    assert time.monotonic() - begun < 2
    assert lost == [1]
    exporter.go.set()


def test_what_fails_is_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    lost = list[int]()
    it = Sending(Fails(), lost.append, every=0.01)
    it.on_end(ReadableSpan("a"))
    it.shutdown()
    it.on_end(ReadableSpan("late"))
    assert lost == [1, 1]
    assert len(caplog.records) == 1
    assert "SECRET" not in caplog.text
