"""From the configuration to what traces exchanges. Needs what the extra `facegate[otel]` installs."""

import logging
import ssl
from collections.abc import Callable, Mapping

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from facegate.errors import HomeError
from facegate.sections import Traces as Settings
from facegate.state.private import read_private
from facegate.traces.sending import Sending
from facegate.traces.trace import Traces

REQUEST_SECONDS = 5.0  # for one request to the collector, its repetitions included


class Tracing:
    """`traces` is what is traced with. `end` returns within a second."""

    def __init__(self, exporter: SpanExporter, rate: float, process: str, lost: Callable[[int], None]) -> None:
        resource = Resource({"service.name": "facegate", "service.instance.id": process})
        # the share decides, not OTEL_TRACES_SAMPLER, and nobody else's trace context
        provider = TracerProvider(TraceIdRatioBased(rate), resource, shutdown_on_exit=False)
        self._sending = Sending(exporter, lost)
        provider.add_span_processor(self._sending)
        self.traces = Traces(provider.get_tracer("facegate"))

    def end(self) -> None:
        self._sending.shutdown()


def begin(settings: Settings, process: str, lost: Callable[[int], None]) -> Tracing:
    """Raises HomeError where the headers cannot be read."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it tells of every batch, in the collector's words
    return Tracing(exporter(settings), settings.rate, process, lost)


def exporter(settings: Settings) -> OTLPSpanExporter:
    """It connects from a thread by `requests`: past the event loop that refuses private addresses to crawlers, and past
    HTTP_PROXY, which may be this very gateway."""
    session = requests.Session()
    session.trust_env = False  # no proxy, and no credentials of ~/.netrc
    session.max_redirects = 0  # the headers are for this collector
    return OTLPSpanExporter(
        endpoint=f"{settings.endpoint.rstrip('/')}/v1/traces",
        certificate_file=settings.ca or ssl.get_default_verify_paths().cafile,
        headers=headers(settings.headers),
        timeout=REQUEST_SECONDS,
        compression=Compression.Gzip,
        session=session,
    )


def headers(place: Mapping[str, str]) -> dict[str, str]:
    """One `Name: value` a line. Raises HomeError, which quotes nothing of it."""
    if not place:
        return {}
    text = read_private("traces.headers", place, 'the headers for the collector, one "Name: value" a line')
    found = {}
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not (colon and name.isascii() and name.replace("-", "").replace("_", "").isalnum() and value.isprintable()):
            raise HomeError('traces.headers: each line there has to be "Name: value", like "Authorization: Bearer ..."')
        found[name] = value
    return found
