import asyncio
from collections.abc import Awaitable, Callable

import pytest
from facegate_addons.domain import current
from facegate_addons.domain.alarms import Alarm, listen
from facegate_addons.hooks.exchange import Sealed, exchange_of
from facegate_addons.wire.guard import GuardedAddons, refuse
from facegate_addons.wire.next_layer import ClosingLayer
from mitmproxy.connection import Client
from mitmproxy.exceptions import OptionsError
from mitmproxy.http import HTTPFlow
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import NextLayer, NextLayerHook
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.proxy.layers.http import HttpRequestHook, HttpResponseHook
from mitmproxy.proxy.layers.modes import Socks5AuthData, Socks5AuthHook
from mitmproxy.proxy.server_hooks import ClientConnectedHook, ServerConnectHook, ServerConnectionHookData
from mitmproxy.test import tflow

type Hook = Callable[[HTTPFlow], Awaitable[None] | None]


class Counts:
    def __init__(self) -> None:
        self.seen = 0

    def request(self, _flow: HTTPFlow) -> None:
        self.seen += 1


def addon(hook: Hook) -> object:
    return type("Failing", (), {"request": staticmethod(hook)})()


async def guarded(*addons: object, seconds: float = 0.05) -> GuardedAddons:
    chain = GuardedAddons(Master(Options()), seconds)
    chain.add(*addons)
    return chain


async def fails(_flow: HTTPFlow) -> None:
    raise ValueError("text of a body")


async def hangs(_flow: HTTPFlow) -> None:
    await asyncio.Event().wait()


async def cancels(_flow: HTTPFlow) -> None:
    raise asyncio.CancelledError


async def exits(_flow: HTTPFlow) -> None:
    raise SystemExit


@pytest.mark.parametrize("hook", [fails, hangs, cancels, exits])
async def test_a_failure_refuses_and_the_rest_still_runs(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    last, flow = Counts(), tflow.tflow()
    chain = await guarded(addon(hook), last)
    await chain.trigger_event(HttpRequestHook(flow))
    assert exchange_of(flow).refused
    assert last.seen == 1
    assert "text of a body" not in caplog.text


async def test_what_was_sealed_does_not_leave_after_a_failure() -> None:
    """Such as that of the audit: nothing leaves unrecorded."""
    flow = tflow.tflow(resp=True)
    exchange_of(flow).sealed = Sealed(flow.response, flow.response.data.content)
    chain = await guarded(type("Failing", (), {"response": staticmethod(fails)})())
    await chain.trigger_event(HttpResponseHook(flow))
    assert flow.response.headers["facegate-reason"] == "internal"
    assert exchange_of(flow).is_ours(flow.response)


async def test_an_ordinary_chain_refuses_nothing() -> None:
    last, flow = Counts(), tflow.tflow()
    await (await guarded(last)).trigger_event(HttpRequestHook(flow))
    assert not exchange_of(flow).refused
    assert last.seen == 1


async def test_a_real_cancellation_ends_the_task() -> None:
    flow = tflow.tflow()
    chain = await guarded(addon(hangs), seconds=30)
    task = asyncio.create_task(chain.trigger_event(HttpRequestHook(flow)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert exchange_of(flow).refused


async def test_a_flow_neither_waits_nor_goes_without_a_response() -> None:
    flow = tflow.tflow()
    flow.intercept()
    await (await guarded()).trigger_event(HttpResponseHook(flow))
    assert not flow.intercepted
    assert flow.response
    assert flow.response.status_code == 502


async def test_a_relaying_layer_is_replaced() -> None:
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), timestamp_start=0)
    undecided = NextLayer(Context(client, Options()))
    undecided.layer = TCPLayer(undecided.context)
    await (await guarded()).trigger_event(NextLayerHook(undecided))
    assert isinstance(undecided.layer, ClosingLayer)


def test_credentials_of_socks_are_refused() -> None:
    data = Socks5AuthData(tflow.tclient_conn(), "crawl", "token", valid=True)
    refuse(Socks5AuthHook(data))
    assert not data.valid


def test_connections_are_refused() -> None:
    client, server = tflow.tclient_conn(), tflow.tserver_conn()
    refuse(ClientConnectedHook(client))
    refuse(ServerConnectHook(ServerConnectionHookData(server, client)))
    assert client.error
    assert server.error


async def test_options_are_still_refused_loudly() -> None:
    class Strict:
        def configure(self, _updated: set[str]) -> None:
            raise OptionsError("no")

    master = Master(Options())
    master.addons = GuardedAddons(master)
    master.addons.add(Strict())
    with pytest.raises(OptionsError):
        master.options.update(confdir="elsewhere")


async def test_a_hook_that_fails_sounds_an_alarm() -> None:
    heard: list[Alarm] = []
    stop = listen(heard.append)
    for hook in (cancels, fails):
        await (await guarded(addon(hook))).trigger_event(HttpRequestHook(tflow.tflow()))
    stop()
    assert heard == [Alarm.HOOK_FAILED]


async def test_what_a_hook_logs_is_of_its_request() -> None:
    seen: list[str] = []

    async def asks(_flow: HTTPFlow) -> None:
        seen.append(current.request.get())
        seen.append(await asyncio.to_thread(current.request.get))

    flow = tflow.tflow()
    await asyncio.create_task((await guarded(addon(asks), seconds=30)).trigger_event(HttpRequestHook(flow)))
    assert seen == [flow.id, flow.id]
    assert current.request.get() == ""
