import pytest
from facegate_addons.domain.model import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.bounds import MAX_FIELDS, Bounds
from facegate_addons.hooks.exchange import exchange_of
from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow


async def test_a_judged_destination_is_noted(make_flow, ports):
    flow = make_flow()
    exchange_of(flow).job = Job("j", "o")
    await Bounds(ports.everywhere(), ports.book()).request(flow)
    assert exchange_of(flow).destination_ok


@pytest.mark.parametrize("hook", ["request", "http_connect"])
async def test_a_refused_destination_is_refused_with_its_reason(make_flow, ports, hook):
    flow = make_flow()
    await getattr(Bounds(ports.everywhere(Reason.PORT_REFUSED), ports.book()), hook)(flow)
    assert exchange_of(flow).decision.reason is Reason.PORT_REFUSED
    assert not exchange_of(flow).destination_ok


async def test_nothing_goes_out_that_the_ledger_cannot_note(make_flow, ports):
    flow, book = make_flow(), ports.book()
    book.healthy = False
    await Bounds(ports.everywhere(), book).request(flow)
    assert exchange_of(flow).decision.reason is Reason.LEDGER_FAILED


async def test_names_are_not_looked_up_for_strangers(make_flow, ports):
    class Never:
        async def judge(self, host, port):
            raise AssertionError(host)

    flow = make_flow()
    exchange_of(flow).refuse(Reason.NO_CREDENTIALS)
    await Bounds(Never(), ports.book()).request(flow)
    assert exchange_of(flow).decision.reason is Reason.NO_CREDENTIALS


@pytest.mark.parametrize("why", [None, Reason.ADDRESS_REFUSED])
def test_a_literal_address_is_judged_again_when_connecting(ports, why):
    flow = tflow.tflow()
    data = ServerConnectionHookData(server=flow.server_conn, client=flow.client_conn)
    Bounds(ports.everywhere(why), ports.book()).server_connect(data)
    assert (data.server.error is None) is (why is None)


def test_a_head_of_too_many_fields_is_refused(make_flow, ports):
    bounds = Bounds(ports.everywhere(), ports.book())
    for count, refused in ((MAX_FIELDS, False), (MAX_FIELDS + 1, True)):
        flow = make_flow(b"")
        flow.response.headers = http.Headers([(b"a", b"b")] * count)
        bounds.responseheaders(flow)
        assert exchange_of(flow).refused is refused
