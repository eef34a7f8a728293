"""The parts of a gateway process that decide something; the whole is tested live."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from facegate import ca, config
from facegate.sections import State
from facegate.serve import gateway
from facegate.serve.arguments import GatewayArguments
from facegate.serve.services import Services
from facegate.state.home import Home
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.inflight import InFlight
from facegate_addons.wire.resolver import GuardedLoop
from mitmproxy.test import tflow


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


async def test_what_is_looked_up_again_is_refused_from_then_on() -> None:
    loop = GuardedLoop()
    with contextlib.closing(loop):
        loop.egress = Egress(True, [range(1, 65536)], frozenset({8080}), frozenset({("10.0.0.8", 6379)}))
        services = Services(State("redis://[::ffff:10.0.0.9]"))
        await asyncio.to_thread(gateway._look_again, loop, services)
        assert loop.judge_literal("10.0.0.9", 6379) is Reason.ADDRESS_REFUSED
        assert loop.judge_literal("10.0.0.8", 6379) is None
        assert loop.egress.own_ports == {8080}
