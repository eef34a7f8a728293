"""What a gateway counts, and that it goes on counting where it was when a process of it is killed."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
from live.client import get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import anew, answer
from live.processes import eventually
from live.withheld import assert_withheld, parse
from plain_http import NO_TLS
from prometheus_client.parser import text_string_to_metric_families


def told(url: str) -> dict[str, float]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    text = httpx.get(url, trust_env=False, verify=NO_TLS, timeout=20).raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        " ".join([sample.name, *(value for _, value in sorted(sample.labels.items()))]): sample.value
        for sample in samples
    }


def gateways(gateway: Gateway) -> list[int]:
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in gateway.processes()}
    return [pid for pid, line in lines.items() if b"facegate.serve.gateway" in line]


def test_what_passes_and_what_does_not(
    start_gateway: Callable[..., Gateway], origin: Origin, face_jpeg: bytes, plain_jpeg: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    page = origin.route("/page", answer(b"<p>hello"))
    face = origin.route("/face", answer(face_jpeg, "image/jpeg"))
    photo = origin.route("/photo", answer(plain_jpeg, "image/jpeg"))
    with start_gateway(f"[metrics]\nport = {port}\n", console=True) as gateway:
        ours, consoles = f"http://127.0.0.1:{port}/metrics", f"{gateway.console}/metrics"
        for url in (page, photo, photo):
            assert parse(raw(gateway.proxy, get(url))).status == 200
        for _ in range(2):
            assert_withheld(raw(gateway.proxy, get(face)), face_jpeg, 451)
        eventually(lambda: told(ours).get("facegate_verdicts_total look") == 3, 30, "the looks are told of")
        it = told(ours)
        assert it["facegate_exchanges_total pass clear untargeted"] == 3
        assert it["facegate_exchanges_total quarantine faces untargeted"] == 2
        assert it["facegate_body_bytes_total quarantine"] == 2 * len(face_jpeg)
        assert it["facegate_faces_total quarantine"] >= 2
        assert it["facegate_inspection_seconds_count picture"] == 2
        assert it["facegate_verdicts_total memory"] == 2
        assert it["facegate_vault_seconds_count"] == 2
        assert (it["facegate_unsealed_total"], it["facegate_vault_failures_total"]) == (0, 0)
        assert not [name for name in it if name.startswith("facegate_errors_total")]
        assert it["facegate_gateway_ready 0"] == 1
        refused = raw(gateway.proxy, get(ours))  # the gateway's own ports are nobody's
        assert parse(refused).status == 403

        before = gateways(gateway)
        os.kill(before[0], signal.SIGKILL)
        eventually(lambda: gateways(gateway) not in ([], before), 60, "another gateway")
        eventually(lambda: _status(gateway, page) == 200, 60, "it answers")
        eventually(lambda: told(consoles)["facegate_gateway_ready 0"] == 1, 30, "it is ready")
        again = told(consoles)
        assert again["facegate_exchanges_total quarantine faces untargeted"] == 2
        assert again["facegate_exchanges_total pass clear untargeted"] >= 4


def _status(gateway: Gateway, url: str) -> int:
    try:
        return parse(raw(gateway.proxy, get(url))).status
    except (OSError, AssertionError, ValueError):
        return 0


def test_a_killed_worker_is_counted(start_gateway: Callable[..., Gateway], origin: Origin, plain_jpeg: bytes) -> None:
    photo = origin.route("/photo", anew(plain_jpeg, "image/jpeg"))
    with start_gateway(console=True) as gateway:
        consoles = f"{gateway.console}/metrics"
        assert told(consoles)["facegate_workers_ended_total died"] == 0
        killed = gateway.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: _status(gateway, photo) == 200, 60, "other workers look")
        it = told(consoles)
        assert 1 <= it["facegate_workers_ended_total died"] <= len(killed)
        alarms = {name: value for name, value in it.items() if name.startswith("facegate_alarms_total")}
        assert list(alarms.values()) == [0, 0, 0]
