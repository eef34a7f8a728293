"""A gateway with a real collector, OTLP over HTTP, and with a dead one."""

import gzip
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually
from live.withheld import assert_withheld, parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans: list[Any] = []
        self.bodies: list[bytes] = []
        self.heads: list[str] = []

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        sent = ExportTraceServiceRequest.FromString(body)
        self.server.bodies.append(body)
        self.server.heads.append(f"{self.path} {self.headers['Authorization']}")
        self.server.spans += [s for r in sent.resource_spans for scope in r.scope_spans for s in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def told(span: Any) -> dict[str, Any]:
    return {it.key: getattr(it.value, it.value.WhichOneof("value")) for it in span.attributes}


def test_a_page_and_a_face(
    start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes, tmp_path: Path
) -> None:
    page = origin.route("/page", answer(b"<p>hello"))
    face = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    secret = tmp_path / "headers"
    secret.write_text("Authorization: Bearer LETMEIN")
    secret.chmod(0o600)
    with Collector() as collector:
        Thread(target=collector.serve_forever, daemon=True).start()
        port = collector.server_address[1]
        config = f'[traces]\nendpoint = "http://127.0.0.1:{port}"\nrate = 1.0\nheaders = {{ file = "{secret}" }}\n'
        with start_gateway(config) as gateway:
            passed = parse(raw(gateway.proxy, get(f"{page}?session=SECRET")))
            withheld = assert_withheld(raw(gateway.proxy, get(face)), face_jpeg, 451)
            eventually(lambda: len(collector.named("exchange")) == 2, 30, "both are traced")
            assert "LETMEIN" not in gateway.stderr()
        collector.shutdown()
    first, second = collector.named("exchange")
    assert (told(first)["facegate.action"], told(second)["facegate.reason"]) == ("pass", "faces")
    assert told(first)["facegate.request"] == passed.headers["facegate-request"]
    assert told(second)["facegate.record"] == withheld.problem["record"]
    assert told(second)["http.response.status_code"] == 451
    below = {span.name: span for span in collector.spans if span.trace_id == second.trace_id}
    children = {"origin head", "origin body", "inspection", "vault keep", "ledger append"}
    assert set(below) == children | {"exchange", "wait for a worker"}
    assert {below[name].parent_span_id for name in children} == {second.span_id}
    assert below["wait for a worker"].parent_span_id == below["inspection"].span_id
    assert told(below["inspection"])["facegate.verdict"] == "faces"
    assert told(below["inspection"])["facegate.verdict.source"] == "look"
    everything = b"".join(collector.bodies)
    assert not any(it in everything for it in (b"SECRET", b"LETMEIN", b"/page", b"hello", face_jpeg[200:232]))
    assert set(collector.heads) == {"/v1/traces Bearer LETMEIN"}


def test_a_dead_collector_holds_up_nobody(start_gateway: Callable[..., Gateway], origin: Origin) -> None:
    page = origin.route("/page", answer(b"<p>hello"))
    with socket.create_server(("127.0.0.1", 0), backlog=8) as deaf:  # takes connections, and never answers
        config = f'[traces]\nendpoint = "http://127.0.0.1:{deaf.getsockname()[1]}"\nrate = 1.0\n'
        with start_gateway(config) as gateway:
            for _ in range(3):
                assert parse(raw(gateway.proxy, get(page))).status == 200
            begun = time.monotonic()
        assert time.monotonic() - begun < 10
