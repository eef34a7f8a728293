import asyncio
import time

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks import deadline as deadline_module
from facegate_addons.hooks.deadline import Deadline
from facegate_addons.hooks.exchange import exchange_of


class Cuts:
    def __init__(self):
        self.cuts = asyncio.Queue()

    def cut(self, client, connection):
        self.cuts.put_nowait(connection)


async def test_the_origin_is_cut_first_and_then_the_client(make_flow, monkeypatch):
    monkeypatch.setattr(deadline_module, "LAST_WORD_SECONDS", 0.01)
    cuts, flow = Cuts(), make_flow()
    Deadline(cuts, 0.01).requestheaders(flow)
    async with asyncio.timeout(5):
        assert await cuts.cuts.get() is flow.server_conn
        assert exchange_of(flow).decision.reason is Reason.LIMIT_SECONDS
        assert await cuts.cuts.get() is flow.client_conn


async def test_an_exchange_that_ends_in_time_is_not_cut(make_flow):
    cuts = Cuts()
    deadline = Deadline(cuts, 0.01)
    for end in (deadline.response, deadline.error):
        flow = make_flow()
        deadline.requestheaders(flow)
        end(flow)
    await asyncio.sleep(0.05)  # past both deadlines
    assert cuts.cuts.empty()


async def test_a_connection_that_asks_for_nothing_is_cut(make_flow, monkeypatch):
    monkeypatch.setattr(deadline_module, "FIRST_HEAD_SECONDS", 0.01)
    cuts, flow, other = Cuts(), make_flow(), make_flow()
    deadline = Deadline(cuts, 60)
    deadline.client_connected(flow.client_conn)
    async with asyncio.timeout(5):
        assert await cuts.cuts.get() is flow.client_conn
    deadline.client_connected(other.client_conn)
    deadline.requestheaders(other)
    deadline.client_connected(other.client_conn)
    deadline.client_disconnected(other.client_conn)
    await asyncio.sleep(0.05)  # past all of them
    assert cuts.cuts.empty()
    deadline.error(other)


async def test_a_tunnel_in_which_nothing_is_asked_for_is_cut(make_flow, monkeypatch):
    monkeypatch.setattr(deadline_module, "FIRST_HEAD_SECONDS", 0.2)
    cuts, silent, other = Cuts(), make_flow(), make_flow()
    deadline = Deadline(cuts, 60)
    for flow in (silent, other):
        deadline.client_connected(flow.client_conn)
        deadline.http_connect(flow)
    deadline.requestheaders(other)
    async with asyncio.timeout(5):
        assert await cuts.cuts.get() is silent.client_conn
    assert cuts.cuts.empty()
    deadline.error(other)


async def test_of_a_client_that_has_gone_nothing_is_kept(make_flow, monkeypatch):
    monkeypatch.setattr(deadline_module, "FIRST_HEAD_SECONDS", 0.01)
    cuts, silent, gone = Cuts(), make_flow().client_conn, make_flow()
    deadline = Deadline(cuts, 60)
    deadline.client_connected(silent)
    async with asyncio.timeout(5):
        assert await cuts.cuts.get() is silent
    assert not deadline._silent
    deadline.client_connected(gone.client_conn)
    gone.client_conn.timestamp_end = time.time()
    deadline.client_disconnected(gone.client_conn)
    deadline.http_connect(gone)  # an addon before it has waited until now
    assert not deadline._silent
