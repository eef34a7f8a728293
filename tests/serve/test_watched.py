"""The status file: what it says is missing, and how it stands on the disk."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from facegate import config
from facegate.metrics.counted import Totals
from facegate.metrics.meters import Meters
from facegate.selftest.startup import Proof
from facegate.serve.lag import LoopLag
from facegate.serve.policy import PolicyInForce
from facegate.serve.watched import Watched, report
from facegate.state.database import Database
from facegate_addons.hooks.inflight import InFlight


class Part:
    """A pool, a ledger, a registry and a Master, as far as the status goes."""

    waiting = unsealed = minted = 0

    def __init__(self, alive: int = 1, healthy: bool = True) -> None:
        self.alive = alive
        self.healthy = healthy


async def test_a_status_that_fails_is_told_and_ends_nothing(
    tmp_path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    part: Any = Part()
    policy = PolicyInForce(config.load(), {})
    nothing: Any = None  # that a status can be read off
    totals, tested = Totals(Meters()), Proof(52, 0.7)
    it = Watched(nothing, part, part, part, policy, InFlight(), part, None, totals, database, tested, LoopLag())
    await report(tmp_path, 3, it)
    assert caplog.messages == ["status file: AttributeError"]
    assert list(tmp_path.glob("gateway*")) == []  # noqa: ASYNC240 - a look


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
    totals, tested = Totals(Meters()), Proof(52, 0.7)
    it = Watched(part, part, vault, registry, policy, InFlight(), part, None, totals, database, tested, LoopLag())
    await report(tmp_path, 3, it)
    path = tmp_path / "gateway-3.json"
    status = json.loads(path.read_text())
    assert (status["ready"], status["why"], status["pid"]) == (not why, why, os.getpid())
    assert status["self_test"] == {"ways": 52, "seconds": 0.7}
    assert status["observe"] is not bool(why)
    assert status["lag"] == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("gateway*")) == [path]  # noqa: ASYNC240 - a look; replaced whole, nothing left over
