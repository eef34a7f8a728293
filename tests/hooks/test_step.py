import asyncio
import logging

import pytest
from facegate_addons.domain.alarms import Alarm, listen
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step, waiting_step

SECRET = "bytes of a body"


class Steps:
    @step
    def raises(self, flow):
        raise ValueError(SECRET)

    @waiting_step(5, Reason.VAULT_FAILED)
    async def raises_later(self, flow):
        await asyncio.sleep(0)
        raise ValueError(SECRET)

    @waiting_step(0.01, Reason.LIMIT_SECONDS)
    async def never_returns(self, flow):
        await asyncio.Event().wait()

    @waiting_step(5, Reason.INTERNAL)
    async def is_cancelled(self, flow):
        raise asyncio.CancelledError

    @step
    def is_fine(self, flow):
        flow.comment = "seen"


def test_a_step_that_raises_refuses_and_tells_only_where(make_flow, caplog):
    flow = make_flow()
    Steps().raises(flow)
    assert exchange_of(flow).decision.reason is Reason.INTERNAL
    assert SECRET not in caplog.text
    assert "ValueError" in caplog.text
    assert "test_step.py" in caplog.text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raises_later", Reason.VAULT_FAILED),
        ("never_returns", Reason.LIMIT_SECONDS),
        ("is_cancelled", Reason.INTERNAL),
    ],
)
async def test_a_waiting_step_always_returns(make_flow, caplog, name, reason):
    flow = make_flow()
    async with asyncio.timeout(5):
        await getattr(Steps(), name)(flow)
    assert exchange_of(flow).decision.reason is reason
    assert SECRET not in caplog.text


def test_a_step_that_works_is_left_alone(make_flow, caplog):
    flow = make_flow()
    with caplog.at_level(logging.DEBUG):
        Steps().is_fine(flow)
    assert (flow.comment, exchange_of(flow).refused, caplog.text) == ("seen", False, "")


async def test_what_has_no_word_of_its_own_sounds_an_alarm(make_flow):
    heard: list[Alarm] = []
    stop = listen(heard.append)
    steps = Steps()
    steps.is_fine(make_flow())
    for waiting in (steps.raises_later, steps.never_returns, steps.is_cancelled):
        await waiting(make_flow())
    assert heard == []
    steps.raises(make_flow())
    stop()
    assert heard == [Alarm.STEP_FAILED]
