import json
import socket
import time
import urllib.request
from dataclasses import asdict
from pathlib import Path

import pytest
from facegate.console.gateways import STALE
from facegate.errors import HomeError
from facegate.ledger.standing import Standing, status_path
from facegate.metrics.exposition import exposition, serve
from facegate.state.home import Home
from prometheus_client.parser import text_string_to_metric_families


def parse(text: str) -> dict[tuple[str, str], float]:
    """(name, gateway) -> value."""
    families = list(text_string_to_metric_families(text))
    assert all(family.documentation for family in families)
    assert {family.type for family in families} == {"gauge"}
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name, sample.labels.get("gateway", "")): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def report(run: Path, name: str, age: float, **told: object) -> None:
    said = {"at": time.time() - age, "ready": True, "why": [], **told}
    (run / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")


def test_each_gateway_and_all_together(tmp_path: Path) -> None:
    report(
        tmp_path,
        "gateway-0",
        0,
        workers=2,
        waiting=3,
        under_way=4,
        unwritten=5,
        self_test={"ways": 52, "seconds": 0.75},
        following={"connected": True, "behind": 6, "heard": 0.5},
    )
    report(tmp_path, "gateway-1", 0, workers=0, ready=False, why=["ledger", "vault"], observe=True)
    report(tmp_path, "gateway-2", STALE + 100, workers=1)
    (tmp_path / "gateway-3.json").write_text("{", encoding="utf-8")
    found = parse(exposition(tmp_path).decode())
    ages = [found.pop(("facegate_gateway_report_age_seconds", each)) for each in "012"]
    assert ages[0] < 60
    assert ages[2] >= STALE + 100
    assert {key: value for key, value in found.items() if value} == {
        ("facegate_observe_mode", ""): 1,
        ("facegate_gateway_observe_mode", "1"): 1,
        ("facegate_gateway_ready", "0"): 1,
        ("facegate_gateway_vault_answers", "0"): 1,
        ("facegate_gateway_vault_answers", "2"): 1,
        ("facegate_gateway_workers", "0"): 2,
        ("facegate_gateway_workers", "2"): 1,
        ("facegate_gateway_waiting_inspections", "0"): 3,
        ("facegate_gateway_exchanges_under_way", "0"): 4,
        ("facegate_gateway_ledger_lines_waiting", "0"): 5,
        ("facegate_gateway_self_test_ways", "0"): 52,
        ("facegate_gateway_self_test_seconds", "0"): 0.75,
        ("facegate_gateway_state_connected", "0"): 1,
        ("facegate_gateway_state_behind", "0"): 6,
        ("facegate_gateway_state_heard_age_seconds", "0"): 0.5,
    }
    assert found["facegate_gateway_ready", "3"] == 0
    assert found["facegate_gateway_vault_answers", "1"] == 0
    assert ("facegate_gateway_workers", "3") not in found
    assert ("facegate_gateway_state_connected", "1") not in found  # its state is its machine's alone


def test_without_a_gateway_nothing_passes(tmp_path: Path) -> None:
    assert parse(exposition(tmp_path).decode()) == {("facegate_observe_mode", ""): 0}


def test_a_port_of_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HomeError, match=f"metrics.port: 127.0.0.1:{port} cannot be listened on"):
            serve(tmp_path, "127.0.0.1", port)
    server, thread = serve(tmp_path, "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=20) as answer:
            assert parse(answer.read().decode()) == {("facegate_observe_mode", ""): 0}
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)


def test_the_ledger_as_it_was_verified_last(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    told = Standing("1970-01-01T00:01:00+00:00", "", lines=7, files=1, bytes=1, bad=("a:1: x", "b:2: y"))
    status_path(home).write_text(json.dumps(asdict(told)), encoding="utf-8")
    found = parse(exposition(home.run).decode())
    assert found["facegate_ledger_lines", ""] == 7
    assert found["facegate_ledger_damaged_places", ""] == 2
    assert found["facegate_ledger_verified_timestamp_seconds", ""] == 60
