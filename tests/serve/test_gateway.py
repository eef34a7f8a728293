"""The parts of a gateway process that decide something; the whole is tested live."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from facegate import ca, config
from facegate.metrics.counted import Totals
from facegate.metrics.meters import Meters
from facegate.serve import gateway
from facegate.serve.arguments import GatewayArguments
from facegate.serve.policy import PolicyInForce
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.hooks.inflight import InFlight
from mitmproxy.test import tflow


@pytest.mark.parametrize(("cores", "workers", "size"), [(8, 2, 4), (2, 4, 1), (3, 2, 1)])
def test_the_cores_are_shared_among_the_gateways(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int, size: int
) -> None:
    monkeypatch.setattr(gateway, "cores", lambda: cores)
    assert gateway._pool_size(config.load(listen__workers=workers)) == size


class Buffers:
    """What `_drain` asks of the Master: bytes that clients have not read."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = list(sizes)

    @property
    def unsent(self) -> int:
        return self.sizes.pop(0)


def test_a_port_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    status_read, status_write = os.pipe()
    life_read, life_write = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as taken:  # it does not share
        port = taken.getsockname()[1]
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        ca.prepare(Home.prepare(config.load(home=str(home))).ca)
        arguments = GatewayArguments(None, {"home": str(home), "listen__port": port}, 0, port, [port])
        command = [sys.executable, "-m", "facegate.serve.gateway", arguments.to_json()]
        command += [f"--status-fd={status_write}", f"--life-fd={life_read}"]
        ended = subprocess.run(
            command, pass_fds=[status_write, life_read], capture_output=True, text=True, check=False, timeout=60
        )
    for descriptor in (status_write, life_read, life_write):
        os.close(descriptor)
    with os.fdopen(status_read) as status:
        assert status.read() == f"listen: port {port} could not be opened\n"
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


async def test_a_drain_waits_for_exchanges_then_for_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "UNSENT_SECONDS", 0.0)
    inflight, flow, buffers = InFlight(), tflow.tflow(), Buffers(100, 50, 0)
    inflight.requestheaders(flow)
    draining = asyncio.create_task(gateway._drain(inflight, buffers))
    await asyncio.sleep(0)
    assert buffers.sizes == [100, 50, 0]
    inflight.response(flow)
    await draining
    assert buffers.sizes == []


async def test_a_drain_ends_in_time(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(gateway, "DRAIN_SECONDS", 0.01)
    inflight = InFlight()
    inflight.requestheaders(tflow.tflow())
    await gateway._drain(inflight, Buffers(1))
    assert "1 exchanges were cut off" in caplog.text


class Part:
    """A pool, a ledger, a registry and a Master, as far as the status goes."""

    waiting = unsealed = minted = 0

    def __init__(self, alive: int = 1, healthy: bool = True) -> None:
        self.alive = alive
        self.healthy = healthy


@pytest.mark.parametrize(
    ("part", "registry", "why"),
    [
        (Part(), Part(), []),
        (Part(alive=0), Part(), ["no inspection worker"]),
        (Part(healthy=False), Part(), ["ledger"]),
        (Part(), Part(healthy=False), ["state"]),
        (Part(), Part(), ["vault"]),
        (Part(0, False), Part(0, False), ["no inspection worker", "ledger", "state"]),
    ],
)
async def test_the_status_file_says_what_is_missing(
    tmp_path: Path, part: Any, registry: Any, why: list[str], database: Database
) -> None:
    policy = PolicyInForce(config.load(policy__mode="enforce" if why else "observe"), {})
    vault: Any = Part(healthy="vault" not in why)
    watched = gateway.Watched(part, part, vault, registry, policy, InFlight(), part, None, Totals(Meters()), database)
    reporting = asyncio.create_task(gateway._report(tmp_path, 3, watched))
    path = tmp_path / "gateway-3.json"
    async with asyncio.timeout(5):
        while not path.exists():  # noqa: ASYNC110 - it is written in a thread
            await asyncio.sleep(0.01)
    reporting.cancel()
    status = json.loads(path.read_text())
    assert (status["ready"], status["why"], status["pid"]) == (not why, why, os.getpid())
    assert status["observe"] is not bool(why)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("gateway*")) == [path]  # noqa: ASYNC240 - a look; replaced whole, nothing left over
