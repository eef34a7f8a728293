from facegate.traces.hooks import TraceFirst, TraceLast
from facegate_addons.hooks.exchange import exchange_of
from live.tracing import LINE, Seen
from mitmproxy.test import tflow


def test_the_origin_is_waited_for_from_the_way_out() -> None:
    seen, flow = Seen(), tflow.tflow()
    first, last = TraceFirst(seen.traces), TraceLast()
    first.requestheaders(flow)
    exchange_of(flow).may_leave = True
    last.request(flow)
    flow.response = tflow.tresp(content=b"1234")
    first.responseheaders(flow)
    first.response(flow)
    assert seen.spans()["origin body"].attributes == {"http.response.body.size": 4}
    assert "origin head" in seen.spans()


def test_what_never_went_out_waited_for_nobody() -> None:
    seen, flow = Seen(), tflow.tflow()
    first, last = TraceFirst(seen.traces), TraceLast()
    first.requestheaders(flow)
    last.request(flow)
    first.error(flow)
    trace = seen.traces.of(flow.id)
    assert trace is not None
    trace.end(LINE)
    assert set(seen.spans()) == {"exchange"}
