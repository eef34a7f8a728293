from facegate.traces import trace as module
from live.tracing import LINE, Seen


def test_children_and_parents() -> None:
    seen = Seen()
    trace = seen.traces.begin("r-1", 1_000)
    assert trace is not None
    trace.look()
    trace.waited(0.5)
    trace.heard("look")
    trace.looked({"facegate.verdict": "clear"})
    trace.end(LINE)
    spans = seen.spans()
    root, looked, waited = (spans[name] for name in ("exchange", "inspection", "wait for a worker"))
    assert root.parent is None
    assert root.start_time == 1_000
    assert looked.parent is not None
    assert root.context is not None
    assert looked.parent.span_id == root.context.span_id
    assert waited.parent is not None
    assert looked.context is not None
    assert waited.parent.span_id == looked.context.span_id
    assert looked.attributes is not None
    assert looked.attributes["facegate.verdict.source"] == "look"


def test_one_that_has_no_line_is_forgotten_with_its_flow() -> None:
    seen = Seen()
    trace = seen.traces.begin("r-1", 1)
    assert seen.traces.of("r-1") is trace
    del trace
    assert seen.traces.of("r-1") is None


def test_what_is_not_drawn_is_not_traced() -> None:
    assert Seen(0.0).traces.begin("r-1", 1) is None


def test_the_spans_of_one_exchange_are_bounded() -> None:
    seen = Seen()
    trace = seen.traces.begin("r-1", 1)
    assert trace is not None
    for _ in range(module.CHILDREN_MAX + 3):
        trace.child("ledger append", 1, 2)
    trace.end(LINE)
    attributes = seen.spans()["exchange"].attributes
    assert attributes is not None
    assert attributes["facegate.spans.left_out"] == 3
