from datetime import timedelta

from facegate_addons.domain.job import Job
from facegate_addons.domain.model import Action, Decision, Faces, Finding
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.quarantine import Quarantine

FOUND = (Finding((0, 0, 9, 9), 0.9),)


def decided(make_flow, action, reason=Reason.FACES):
    flow = make_flow(b"body", 200, Content_Type="image/jpeg", Content_Encoding="gzip")
    exchange = exchange_of(flow)
    exchange.job, exchange.body, exchange.digest = Job("j", "o"), b"body", "digest"
    exchange.decide(Decision(action, reason, FOUND, "digest"))
    return flow, exchange


async def test_the_record_has_what_review_needs(make_flow, ports):
    flow, exchange = decided(make_flow, Action.QUARANTINE)
    flow.request.url = "http://user:secret@address:22/path?q=1"
    exchange.verdict = Faces(FOUND, unredacted="not redacted")
    shelf = ports.shelf()
    await Quarantine(shelf, timedelta(days=2), lambda: {"model": "m"}).response(flow)
    ((record, body),) = shelf.kept
    assert record.detail == "not redacted"
    assert body == b"body"
    assert record.id == exchange.record
    assert (record.job, record.digest, record.size, record.findings) == ("j", "digest", 4, FOUND)
    assert (record.content_type, record.codings, record.versions) == ("image/jpeg", ("gzip",), {"model": "m"})
    assert record.expires - record.at == timedelta(days=2)
    assert record.url == "http://address:22/path?q=1"
    assert record.request == flow.id


async def test_a_job_may_shorten_how_long_it_is_kept_and_never_lengthen(make_flow, ports):
    for days, kept in ((1, 1), (9, 2)):
        flow, exchange = decided(make_flow, Action.QUARANTINE)
        exchange.job = Job("j", "o", keep=timedelta(days=days))
        shelf = ports.shelf()
        await Quarantine(shelf, timedelta(days=2), dict).response(flow)
        ((record, _),) = shelf.kept
        assert record.expires - record.at == timedelta(days=kept)


async def test_a_vault_that_fails_is_a_refusal_without_a_record(make_flow, ports):
    flow, exchange = decided(make_flow, Action.QUARANTINE)
    await Quarantine(ports.shelf(fails=True), timedelta(days=2), dict).response(flow)
    assert (exchange.decision.reason, exchange.record) == (Reason.VAULT_FAILED, "")


async def test_what_is_dropped_or_passed_is_not_kept(make_flow, ports):
    shelf = ports.shelf()
    for action in (Action.DROP, Action.PASS, Action.REDACT):
        flow, _exchange = decided(make_flow, action)
        await Quarantine(shelf, timedelta(days=2), dict).response(flow)
    assert shelf.kept == []
