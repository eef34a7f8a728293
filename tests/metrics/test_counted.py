import logging
from collections.abc import Callable

import pytest
from facegate.metrics.counted import CountedErrors, CountedLedger, TimedInspector, TimedVault, Totals
from facegate.metrics.meters import Meters
from facegate_addons.domain.model import Clear, Payload, QuarantineRecord, Verdict


class Lines(list[dict[str, object]]):
    healthy = True


class Looks:
    async def inspect(self, _payload: Payload) -> Verdict:
        return Clear("text")


class Full:
    async def keep(self, _record: QuarantineRecord, _body: bytes) -> str:
        raise OSError("no room")


class Kept:
    async def keep(self, _record: QuarantineRecord, _body: bytes) -> str:
        return "record-1"


class Remembers:
    looks, remembered, shared, told = 2, 0, 1, 3


def test_a_line_is_written_and_an_exchange_counted() -> None:
    meters, lines = Meters(), Lines()
    ledger = CountedLedger(lines, meters)
    line = {"scope": "", "action": "refuse", "reason": "no-credentials", "ms": 1, "size": 0, "faces": 0}
    for event in ("exchange", "job-approved"):
        ledger.append(line | {"event": event})
    assert [entry["event"] for entry in lines] == ["exchange", "job-approved"]
    assert ledger.healthy
    labels = {"scope": "", "action": "refuse", "reason": "no-credentials"}
    assert meters.registry.get_sample_value("facegate_exchanges_total", labels) == 1


async def test_looks_are_timed_by_kind() -> None:
    meters = Meters()
    assert await TimedInspector(Looks(), meters).inspect(Payload(b"x")) == Clear("text")
    assert meters.registry.get_sample_value("facegate_inspection_seconds_count", {"kind": "text"}) == 1


async def test_the_vault_is_timed_and_its_failures_counted(a_record: Callable[..., QuarantineRecord]) -> None:
    meters = Meters()
    assert await TimedVault(Kept(), meters).keep(a_record(b"x"), b"x") == "record-1"
    with pytest.raises(OSError, match="no room"):
        await TimedVault(Full(), meters).keep(a_record(b"x"), b"x")
    assert meters.registry.get_sample_value("facegate_vault_seconds_count") == 1
    assert meters.registry.get_sample_value("facegate_vault_failures_total") == 1


def test_errors_are_counted_by_module_and_warnings_are_not() -> None:
    meters = Meters()
    logger = logging.getLogger("facegate_addons.hooks.step")
    logger.addHandler(handler := CountedErrors(meters))
    try:
        logger.error("one")
        logger.warning("none")
    finally:
        logger.removeHandler(handler)
    labels = {"module": "facegate_addons.hooks.step"}
    assert meters.registry.get_sample_value("facegate_errors_total", labels) == 1


def test_totals_are_taken_over_in_steps() -> None:
    meters, remembers = Meters(), Remembers()
    totals = Totals(meters)
    totals.take(remembers, 0, 1, {"found": 1})
    remembers.looks = 5
    totals.take(remembers, 1, 4, {"found": 3, "late": 1}, 4)
    totals.take(None, 1, 4, refused=6)
    value = meters.registry.get_sample_value
    assert value("facegate_verdicts_total", {"source": "redis"}) == 3
    assert [value("facegate_redis_verdicts_total", {"outcome": each}) for each in ("found", "late")] == [3, 1]
    assert [value("facegate_verdicts_total", {"source": each}) for each in ("look", "memory", "shared")] == [5, 0, 1]
    assert value("facegate_unsealed_total") == 1
    assert value("facegate_certificates_minted_total") == 4
    assert value("facegate_state_writes_refused_total") == 6
