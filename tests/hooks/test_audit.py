import json
import logging

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Action, Clear, Decision, Faces, Finding, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.audit import KIND_MAX, Audit
from facegate_addons.hooks.exchange import Sealed, Stream, exchange_of
from facegate_addons.hooks.messages import Messages


def test_one_line_an_exchange_without_body_header_or_credential(make_flow, ports):
    book = ports.book()
    audit = Audit(book, lambda: {"model": "m", "policy": "p"})
    flow = make_flow(b"secret body", 200, X_Secret="secret header")
    flow.request.url = "http://user:secret@address/x"
    flow.request.headers["Authorization"] = "secret"
    exchange = exchange_of(flow)
    exchange.job, exchange.body, exchange.digest, exchange.record = Job("j", "op"), b"secret body", "d", "r"
    exchange.verdict = Unreadable(Reason.ENCRYPTED, "zip member 2")
    exchange.decide(Decision(Action.QUARANTINE, Reason.FACES, (Finding((0, 0, 1, 1), 1.0),), "d"))
    for hook in (audit.response, audit.error):
        hook(flow)
    (line,) = book.lines
    assert "secret" not in json.dumps(line)
    expected = {
        "from": flow.client_conn.peername[0],
        "job": "j",
        "operator": "op",
        "url": "http://address/x",
        "action": "quarantine",
        "reason": "faces",
        "detail": "zip member 2",
        "faces": 1,
        "digest": "d",
        "size": 11,
        "record": "r",
        "versions": {"model": "m", "policy": "p"},
    }
    assert {key: line[key] for key in expected} == expected


def test_a_redaction_names_both_digests(make_flow, ports):
    book, flow = ports.book(), make_flow(b"copy", 200)
    exchange = exchange_of(flow)
    exchange.digest = "of the original"
    exchange.decide(Decision(Action.REDACT, Reason.FACES, (Finding((0, 0, 1, 1), 1.0),), "of the copy"))
    Audit(book, dict).response(flow)
    exchange.noted = False
    exchange.refuse(Reason.INTERNAL)
    Audit(book, dict).response(flow)
    assert [(line["digest"], line["redacted"]) for line in book.lines] == [
        ("of the original", "of the copy"),
        ("of the original", ""),
    ]


def test_the_status_is_what_the_client_gets(make_flow, ports):
    book = ports.book()
    cut, sealed = make_flow(b"half a bod", 200), make_flow(b"page", 404)
    exchange_of(cut).refuse(Reason.ORIGIN_PROTOCOL)
    exchange_of(sealed).sealed = Sealed(sealed.response, b"page")
    for flow in (cut, sealed):
        Audit(book, dict).error(flow)
    assert [line["status"] for line in book.lines] == [502, 404]


def test_a_tunnel_is_noted_only_when_it_was_refused(make_flow, ports):
    book = ports.book()
    audit = Audit(book, dict)
    audit.http_connect(make_flow())
    assert book.lines == []
    audit.http_connect(make_flow(b""))
    assert len(book.lines) == 1


def test_what_was_only_observed_is_told(make_flow, ports):
    book, flow = ports.book(), make_flow(b"x", 200)
    decision = Decision(Action.PASS, Reason.FACES, (Finding((0, 0, 1, 1), 1.0),), "d", Action.QUARANTINE)
    exchange_of(flow).decide(decision)
    Audit(book, dict).response(flow)
    (line,) = book.lines
    assert (line["action"], line["observed"], line["reason"], line["faces"]) == ("pass", "quarantine", "faces", 1)
    assert "observed_reason" not in line
    exchange_of(flow).noted = False
    exchange_of(flow).refuse(Reason.INTERNAL)  # then nothing left
    Audit(book, dict).response(flow)
    assert "observed" not in book.lines[1]


def test_a_stream_tells_of_the_first_window_that_was_only_observed(make_flow, ports):
    book, flow = ports.book(), make_flow(b"x", 200)
    exchange = exchange_of(flow)
    exchange.stream = Stream(Messages(), 0.0)
    exchange.stream.observed = Decision(Action.PASS, Reason.FACES, (), "d", Action.QUARANTINE)
    exchange.verdict = Unreadable(Reason.ENCRYPTED, "of a later one")
    exchange.decide(Decision(Action.PASS, Reason.CLEAR, digest="e"))
    Audit(book, dict).stream_end(flow)
    exchange.noted = False
    exchange.refuse(Reason.LIMIT_BODY)
    Audit(book, dict).error(flow)
    whole, cut = book.lines
    assert (whole["action"], whole["reason"], whole["observed"], whole["detail"]) == ("pass", "faces", "quarantine", "")
    assert (cut["action"], cut["reason"]) == ("refuse", "limit-body")
    assert (cut["observed"], cut["observed_reason"]) == ("quarantine", "faces")


def test_what_a_body_was_is_told_where_it_is_known(make_flow, ports):
    for verdict, kind in (
        (Clear("jpeg"), "jpeg"),
        (Faces((), kind="pdf"), "pdf"),
        (Clear("x" * 99), "x" * KIND_MAX),
        (Unreadable(Reason.ENCRYPTED), ""),
        (None, ""),
    ):
        book, flow = ports.book(), make_flow(b"x", 200)
        exchange_of(flow).verdict = verdict
        Audit(book, dict).response(flow)
        assert book.lines[0]["kind"] == kind
        assert "sampling" not in book.lines[0]


def test_the_log_has_a_line_where_that_is_on(make_flow, ports, caplog):
    for level, expected in ((logging.WARNING, 0), (logging.INFO, 1)):
        flow = make_flow(b"secret body", 200)
        flow.request.url = "http://u:secret@address/x?key=secret"
        caplog.set_level(level, "facegate_addons")
        Audit(ports.book(), dict).response(flow)
        assert len(caplog.records) == expected
    (line,) = caplog.records
    assert (line.url, line.action, line.reason) == ("http://address/x", "refuse", "internal")
    assert "secret" not in str(vars(line))
