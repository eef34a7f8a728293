import pytest
from facegate_addons.domain.job import Job
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.bounds import MAX_FIELDS, Bounds
from facegate_addons.hooks.exchange import exchange_of
from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow


async def test_a_judged_destination_is_noted(make_flow, ports):
    flow = make_flow()
    exchange_of(flow).job = Job("j", "o")
    await Bounds(ports.everywhere(), ports.book(), 64 << 10).request(flow)
    assert exchange_of(flow).destination_ok


@pytest.mark.parametrize("hook", ["request", "http_connect"])
async def test_a_refused_destination_is_refused_with_its_reason(make_flow, ports, hook):
    flow = make_flow()
    await getattr(Bounds(ports.everywhere(Reason.PORT_REFUSED), ports.book(), 64 << 10), hook)(flow)
    assert exchange_of(flow).decision.reason is Reason.PORT_REFUSED
    assert not exchange_of(flow).destination_ok


async def test_nothing_goes_out_that_the_ledger_cannot_note(make_flow, ports):
    flow, book = make_flow(), ports.book()
    book.healthy = False
    await Bounds(ports.everywhere(), book, 64 << 10).request(flow)
    assert exchange_of(flow).decision.reason is Reason.LEDGER_FAILED


async def test_names_are_not_looked_up_for_strangers(make_flow, ports):
    class Never:
        async def judge(self, host, port):
            raise AssertionError(host)

    flow = make_flow()
    exchange_of(flow).refuse(Reason.NO_CREDENTIALS)
    await Bounds(Never(), ports.book(), 64 << 10).request(flow)
    assert exchange_of(flow).decision.reason is Reason.NO_CREDENTIALS


@pytest.mark.parametrize("why", [None, Reason.ADDRESS_REFUSED])
def test_a_literal_address_is_judged_again_when_connecting(ports, why):
    flow = tflow.tflow()
    data = ServerConnectionHookData(server=flow.server_conn, client=flow.client_conn)
    Bounds(ports.everywhere(why), ports.book(), 64 << 10).server_connect(data)
    assert (data.server.error is None) is (why is None)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ([(b"a", b"b")] * MAX_FIELDS, False),
        ([(b"a", b"b")] * (MAX_FIELDS + 1), True),
        ([(b"a", b"b" * 95)], False),
        ([(b"a", b"b" * 96)], True),
        ([(b"a" * 96, b"b")], True),
        ([(b"a", b"b" * 45)] * 2, False),
        ([(b"a", b"b" * 46)] * 2, True),
    ],
)
def test_a_head_has_its_bounds(make_flow, ports, fields, refused):
    limit = 100 if len(fields) < 10 else 64 << 10
    flow = make_flow(b"")
    flow.response.headers = http.Headers(fields)
    Bounds(ports.everywhere(), ports.book(), limit).responseheaders(flow)
    assert exchange_of(flow).refused is refused


def test_a_head_has_room_for_a_name_beyond_ascii_but_for_no_picture(make_flow, ports, face_jpeg):
    bounds = Bounds(ports.everywhere(), ports.book(), 64 << 10)
    for value, refused in (("attachment; filename=Übersicht.txt".encode(), False), (face_jpeg[:4096], True)):
        flow = make_flow(b"")
        flow.response.headers = http.Headers([(b"Content-Disposition", value)])
        bounds.responseheaders(flow)
        assert exchange_of(flow).refused is refused


@pytest.mark.parametrize(("value", "refused"), [(b"a\tb", False), (b"a\0b", True), (b"a\x7fb", True), (b"a\rb", True)])
def test_control_bytes_are_no_http(make_flow, ports, value, refused):
    flow = make_flow(b"")
    flow.response.headers = http.Headers([(b"X", value)])
    Bounds(ports.everywhere(), ports.book(), 64 << 10).responseheaders(flow)
    assert exchange_of(flow).refused is refused
