import pytest
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.refusal import refusal
from facegate_addons.hooks.transport import Transport, accepted


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
        ("gzip;q=1.0, dcb, dcz, *;q=0.1", "gzip;q=1.0"),
        ("*", "identity"),
        ("", "identity"),
        ("BR", "BR"),
        ("pack200-gzip, compress", "identity"),
    ],
)
def test_only_codings_that_can_be_undone_are_asked_for(value, left):
    assert accepted(value) == left


def test_nothing_asks_for_a_part_or_another_protocol(make_flow):
    flow = make_flow()
    for name in ("Range", "If-Range", "Upgrade", "TE", "Sec-WebSocket-Key", "Available-Dictionary", "A-IM"):
        flow.request.headers[name] = "x"
    flow.request.headers["Connection"] = "Upgrade, HTTP2-Settings"
    flow.request.headers["User-Agent"] = "crawler"
    Transport().requestheaders(flow)
    assert dict(flow.request.headers) == {"host": "address", "Connection": "keep-alive", "User-Agent": "crawler"}


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (206, {}, Reason.PARTIAL_CONTENT),
        (101, {}, Reason.ORIGIN_PROTOCOL),
        (103, {}, Reason.ORIGIN_PROTOCOL),
        (407, {}, Reason.ORIGIN_PROTOCOL),
        (600, {}, Reason.ORIGIN_PROTOCOL),
        (200, {"Transfer_Encoding": "gzip, chunked"}, Reason.TRANSFER_CODING),
        (200, {"Transfer_Encoding": "gzip"}, Reason.TRANSFER_CODING),
    ],
)
def test_no_parts_no_switches_no_stacked_codings(make_flow, status, headers, reason):
    flow = make_flow(b"x", status, **headers)
    Transport().responseheaders(flow)
    assert exchange_of(flow).decision.reason is reason
    assert exchange_of(flow).origin_status == status


@pytest.mark.parametrize("headers", [{}, {"Transfer_Encoding": "chunked"}, {"Transfer_Encoding": " Chunked "}])
def test_whole_resources_go_on(make_flow, headers):
    flow = make_flow(b"x", 200, **headers)
    Transport().responseheaders(flow)
    assert not exchange_of(flow).refused


def test_an_origin_neither_leads_around_the_gateway_nor_speaks_for_it(make_flow):
    flow = make_flow(b"x", 200, Alt_Svc='h3=":443"', Facegate_Verdict="clear", Proxy_Status="x", ETag='"1"')
    flow.response.headers[b"Facegate_Request"] = b"an underscore"
    Transport().response(flow)
    assert {"ETag", "content-length"} == set(flow.response.headers)


def test_the_gates_own_answer_keeps_its_headers(make_flow):
    flow = make_flow()
    exchange_of(flow).refuse(Reason.ADDRESS_REFUSED)
    flow.response = refusal(flow)
    Transport().responseheaders(flow)
    Transport().response(flow)
    assert flow.response.headers["Facegate-Reason"] == "address-refused"
    assert exchange_of(flow).origin_status == 0


def test_a_service_workers_script_is_refused(make_flow):
    flow = make_flow()
    flow.request.headers["Service-Worker"] = "script"
    Transport().requestheaders(flow)
    assert exchange_of(flow).decision.reason is Reason.PROTOCOL_REFUSED


@pytest.mark.parametrize(
    ("status", "fields", "part"),
    [
        (200, {"Content_Range": "bytes 0-1/2"}, True),
        (200, {"Content_Type": "Multipart/ByteRanges; boundary=x"}, True),
        (226, {}, True),
        (416, {"Content_Range": "bytes */2"}, False),
        (200, {"Content_Type": "multipart/mixed"}, False),
    ],
)
def test_parts_under_any_status(make_flow, status, fields, part):
    flow = make_flow(b"x", status, **fields)
    Transport().responseheaders(flow)
    assert exchange_of(flow).refused is part
