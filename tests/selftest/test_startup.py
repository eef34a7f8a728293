"""With real workers and a real Master: a whole gate holds, and one with a part missing does not, and is told of."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from facegate import ca
from facegate.config import load
from facegate.errors import GateError
from facegate.selftest import canary, startup
from facegate.selftest.startup import Proof, self_test
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.model import Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks import seal
from facegate_addons.hooks.exchange import Exchange, Sealed
from facegate_addons.wire import install
from facegate_addons.wire.master import WireSettings
from facegate_addons.wire.resolver import GuardedLoop
from facegate_addons.wire.stream import SealedStream
from facegate_addons.workers.pool import InspectionPool
from mitmproxy import http
from mitmproxy.proxy.layers import http as layers

WAYS = 77
EGRESS = Egress(False, [range(80, 81)])


class Gate:
    """Workers, a CA, and the event loop of a gateway process."""

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.pool = InspectionPool(load(home=str(folder)).worker_settings, 1)
        ca.prepare(folder / "ca")
        self.run_folder = folder / "run"
        self.run_folder.mkdir()
        self.wire = WireSettings("192.0.2.1", 1, folder / "ca", 1, modes=["socks5"], upstream_auth="a:b")
        self._runner = runner

    def run[T](self, it: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(it)

    def test(self, pool: Any = None) -> Proof:
        async def there() -> Proof:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, GuardedLoop)
            loop.egress, loop.upstream = EGRESS, ("proxy.example", 3128)
            try:
                return await self_test(loop, self.wire, pool or self.pool, self.run_folder)
            finally:
                assert (loop.egress, loop.upstream) == (EGRESS, ("proxy.example", 3128))

        return self.run(there())


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    with asyncio.Runner(loop_factory=GuardedLoop) as runner:
        gate = Gate(tmp_path_factory.mktemp("gate"), runner)
        gate.run(gate.pool.__aenter__())
        yield gate
        gate.run(gate.pool.close())
    root.setLevel(before[0])
    root.handlers[:] = before[1]


async def others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


def test_a_whole_gate_holds_whatever_is_configured(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    unsealed = SealedStream.unsealed  # of other tests in this process
    proof = gate.test()
    assert gate.run(others()) == set()
    assert list(gate.run_folder.iterdir()) == []
    assert proof.ways == WAYS
    assert str(proof) == f"self-test: 77 ways past a proxy tried in {proof.seconds:.1f} s, nothing came through"
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert SealedStream.unsealed == unsealed


def test_a_detector_that_does_not_know_the_drawn_face_changes_nothing_else(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = canary.oversized()
    monkeypatch.setattr(canary, "oversized", lambda: hidden)
    monkeypatch.setattr(canary, "jpeg", lambda: b"nothing that anybody would take for a picture")
    assert gate.test().ways == WAYS - 1


def careless(flow: http.HTTPFlow, exchange: Exchange) -> http.Response:
    assert flow.response is not None
    exchange.sealed = Sealed(flow.response, flow.response.data.content or b"")
    return flow.response


def test_a_seal_that_holds_nothing_back_is_told_of(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "_sealed", careless)
    with pytest.raises(GateError, match=r"^self-test: “a picture”: some of the picture came through; .* and \d+ more"):
        gate.test()


@pytest.mark.parametrize(
    ("step", "case"),
    [
        ("Transport", "“in the reason of a status”: some of the picture came through"),
        ("Seal", "“an ordinary page”: an ordinary page was not let through (502)"),
    ],
)
def test_a_chain_without_one_of_its_steps_is_told_of(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, step: str, case: str
) -> None:
    whole = startup.chain
    monkeypatch.setattr(startup, "chain", lambda parts: [it for it in whole(parts) if type(it).__name__ != step])
    with pytest.raises(GateError, match=r"Not serving \(facegate .*, mitmproxy 12.*see SECURITY.md$") as refused:
        gate.test()
    assert case in str(refused.value)


def test_a_layer_below_the_hooks_that_is_no_more_is_told_of(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """mitmproxy's own stream in the place of ours, as if a new version had moved where it looks for it."""
    monkeypatch.setattr(install, "_REPLACED", [it for it in install._REPLACED if it[2] is not SealedStream])
    monkeypatch.setattr(layers, "HttpStream", layers.HttpStream.__mro__[-3])
    monkeypatch.setattr(startup, "CASES_SECONDS", 5.0)  # a WebSocket without its layer has no end
    with pytest.raises(
        GateError, match=r"^self-test: “an answer that nobody sealed”: some of the picture came through"
    ):
        gate.test()


class Blind:
    """Workers that answer only after `set`, or that nothing is to be had of."""

    def __init__(self, answer: Callable[[], Coroutine[Any, Any, Verdict]]) -> None:
        self._answer = answer

    async def inspect(self, _payload: Payload) -> Verdict:
        return await self._answer()


def test_workers_that_look_at_nothing_prove_nothing(gate: Gate) -> None:
    async def busy() -> Verdict:
        return Unreadable(Reason.OVERLOADED)

    with pytest.raises(GateError, match="an ordinary page was not let through \\(503\\)"):
        gate.test(Blind(busy))


@pytest.mark.parametrize("early", [True, False])
def test_one_that_does_not_end_is_told_of(gate: Gate, monkeypatch: pytest.MonkeyPatch, early: bool) -> None:
    monkeypatch.setattr(startup, "CASES_SECONDS", 0.3 if early else 60.0)
    monkeypatch.setattr(startup, "SECONDS", 60.0 if early else 0.3)
    looked = gate.run(gate.pool.inspect(Payload(b"")))

    async def never() -> Verdict:
        await asyncio.Event().wait()
        return looked

    async def first() -> Verdict:
        blind._answer = never
        return looked

    blind = Blind(first if early else never)
    with pytest.raises(GateError, match="no end of it in 0 s" if early else "it was not over in 0 s"):
        gate.test(blind)
