import hashlib

import pytest
from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.redact import TAG, Redact
from facegate_addons.hooks.seal import Seal

ORIGINAL, COPY = b"the original", b"the redacted copy"
DIGEST = hashlib.sha256(COPY).hexdigest()
OF_THE_ORIGINAL = {
    "ETag": '"of-the-original"',
    "Content_Encoding": "gzip",
    "Transfer_Encoding": "chunked",
    "Content_Range": "bytes 0-11/12",
    "Accept_Ranges": "bytes",
    "Content_MD5": "old",
    "Digest": "sha-256=old",
    "Content_Digest": "sha-256=:old:",
    "Repr_Digest": "sha-256=:old:",
    "Signature": "sig=:old:",
    "Signature_Input": "sig=()",
    "X_Amz_Checksum_SHA256": "old",
    "X_Goog_Hash": "md5=old",
}
KEPT = {
    "Content_Type": "image/jpeg",
    "Last_Modified": "Mon, 07 Jul 2025 07:07:07 GMT",
    "Cache_Control": "max-age=60",
    "Content_Disposition": "inline",
    "Set_Cookie": "a=b",
}


def decided(make_flow, action, **headers):
    flow = make_flow(ORIGINAL, 200, **headers)
    exchange = exchange_of(flow)
    exchange.body, exchange.digest = flow.response.raw_content, hashlib.sha256(ORIGINAL).hexdigest()
    exchange.redacted, exchange.redacted_digest = COPY, DIGEST
    exchange.decide(Decision(action, Reason.FACES, digest=DIGEST if action is Action.REDACT else exchange.digest))
    return flow


def test_the_copy_takes_the_originals_place_and_leaves(make_flow):
    flow = decided(make_flow, Action.REDACT, **OF_THE_ORIGINAL, **KEPT)
    Redact().response(flow)
    Seal().response(flow)
    fields = flow.response.headers
    assert (flow.response.status_code, flow.response.raw_content) == (200, COPY)
    assert fields["Content-Length"] == str(len(COPY))
    assert fields["ETag"] == f'"facegate-{DIGEST[:32]}"'
    assert not any("old" in value or "original" in value for value in fields.values())
    assert not {name.replace("_", "-") for name in OF_THE_ORIGINAL} - {"ETag"} & set(fields)
    for name, value in KEPT.items():
        assert fields[name.replace("_", "-")] == value
    assert (fields["Facegate-Verdict"], fields["Facegate-Action"]) == ("faces", "redact")
    assert "Facegate-Reason" not in fields


def test_several_fields_of_one_name_all_go(make_flow):
    flow = decided(make_flow, Action.REDACT)
    for name in ("ETag", "Content-Encoding", "Content-Length", "Digest"):
        flow.response.headers.add(name, "1")
        flow.response.headers.add(name.lower(), "2")
    Redact().response(flow)
    fields = flow.response.headers
    assert (len(fields.get_all("ETag")), len(fields.get_all("Content-Length"))) == (1, 1)
    assert not fields.get_all("Content-Encoding") + fields.get_all("Digest")


@pytest.mark.parametrize("action", [Action.PASS, Action.DROP, Action.QUARANTINE, Action.REFUSE])
def test_any_other_decision_is_left_alone(make_flow, action):
    flow = decided(make_flow, action, **KEPT, ETag='"1"')
    before = flow.response.headers.fields
    Redact().response(flow)
    assert (flow.response.raw_content, flow.response.headers.fields) == (ORIGINAL, before)


def test_without_the_copy_in_its_place_nothing_leaves(make_flow):
    skipped, refused, lost = (decided(make_flow, Action.REDACT) for _ in range(3))
    Seal().response(skipped)
    exchange_of(refused).refuse(Reason.LIMIT_SECONDS)
    exchange_of(lost).redacted = None
    for flow in (refused, lost):
        Redact().response(flow)
        Seal().response(flow)
    for flow in (skipped, refused, lost):
        assert flow.response.status_code >= 500
        assert flow.response.raw_content not in (ORIGINAL, COPY)


@pytest.mark.parametrize("tags", [f'{TAG}1"', f'W/{TAG}1"', f'"other", {TAG}1"'])
def test_an_origin_is_not_asked_whether_it_still_has_our_copy(make_flow, tags):
    flow = make_flow()
    flow.request.headers["If-None-Match"] = tags
    flow.request.headers["If-Modified-Since"] = KEPT["Last_Modified"]
    Redact().requestheaders(flow)
    assert set(flow.request.headers) == {"host"}


def test_any_other_condition_is_the_origins_to_judge(make_flow):
    flow = make_flow()
    flow.request.headers["If-None-Match"] = '"1", W/"2"'
    flow.request.headers["If-Modified-Since"] = KEPT["Last_Modified"]
    before = flow.request.headers.fields
    Redact().requestheaders(flow)
    assert flow.request.headers.fields == before
