"""Spans on their way to the collector: a bounded queue and a thread of its own, for which nobody waits.

OpenTelemetry's BatchSpanProcessor drops in silence, and its shutdown may wait for half a minute. Here what is lost is
counted and told of, and the stop waits for a second at most.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import override

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

logger = logging.getLogger(__name__)

QUEUE_MAX = 4_096  # spans; a few kilobytes each
BATCH = 512  # spans in one request
EVERY_SECONDS = 1.0  # between two requests while there are fewer than BATCH
STOP_SECONDS = 1.0  # what a stop gives to spans that are not sent yet
SILENCE_SECONDS = 3_600.0  # between two lines of the log about lost spans


class Sending(SpanProcessor):
    """`lost` is told how many spans were lost, from any thread."""

    def __init__(self, exporter: SpanExporter, lost: Callable[[int], None], every: float = EVERY_SECONDS) -> None:
        self._exporter, self._lost, self._every = exporter, lost, every
        self._queue: deque[ReadableSpan] = deque()
        self._more = threading.Event()
        self._ended = threading.Event()
        self._quiet_until = 0.0
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)  # it may hang; we do not wait
        self._thread.start()

    @override
    def on_end(self, span: ReadableSpan) -> None:
        if self._ended.is_set() or len(self._queue) >= QUEUE_MAX:
            self._drop(1, "more come than the collector takes")
            return
        self._queue.append(span)
        if len(self._queue) >= BATCH:
            self._more.set()

    @override
    def shutdown(self) -> None:
        """Returns within STOP_SECONDS, whatever the collector does."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._more.set()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            self._exporter.shutdown()  # ends its pauses between two tries
        if left := len(self._queue):
            self._drop(left, "the collector did not take them before the stop")

    @override
    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True

    def _run(self) -> None:
        while not self._ended.is_set():
            self._more.wait(self._every)
            self._more.clear()
            self._send_all()
        self._send_all()

    def _send_all(self) -> None:
        while batch := self._take():
            self._send(batch)

    def _take(self) -> list[ReadableSpan]:
        return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _send(self, batch: Sequence[ReadableSpan]) -> None:
        try:
            sent = self._exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:  # noqa: BLE001 - whatever it is, the spans are lost; its text may have the headers in it
            sent = False
        if not sent:
            self._drop(len(batch), "the collector does not take them")

    def _drop(self, count: int, why: str) -> None:
        self._lost(count)
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + SILENCE_SECONDS
            logger.warning("traces: spans are lost (%s); facegate_spans_lost_total counts them", why)
