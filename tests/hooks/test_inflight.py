import asyncio

from facegate_addons.hooks.inflight import InFlight


async def test_a_stop_waits_for_what_is_under_way_and_no_longer(make_flow):
    inflight, first, second = InFlight(), make_flow(), make_flow()
    assert await inflight.drained(0.01)
    inflight.requestheaders(first)
    inflight.requestheaders(second)
    assert not await inflight.drained(0.01)
    waiting = asyncio.create_task(inflight.drained(5))
    inflight.response(first)
    inflight.error(second)
    assert await waiting
    assert len(inflight) == 0
