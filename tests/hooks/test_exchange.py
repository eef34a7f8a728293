import hashlib

from facegate_addons.domain.model import Action, Clear, Decision, Faces, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Exchange, Sealed, exchange_of

PASS = Decision(Action.PASS, Reason.CLEAR, digest="d")


def test_it_starts_refused():
    exchange = Exchange()
    assert exchange.decision.action is Action.REFUSE
    assert not exchange.may_leave


def test_the_first_refusal_stands():
    exchange = Exchange()
    exchange.refuse(Reason.LIMIT_SECONDS)
    exchange.refuse(Reason.INTERNAL)
    exchange.decide(PASS)
    assert exchange.decision == Decision(Action.REFUSE, Reason.LIMIT_SECONDS)


def test_a_refusal_takes_a_pass_back():
    exchange = Exchange()
    exchange.decide(PASS)
    exchange.refuse(Reason.VAULT_FAILED)
    assert exchange.decision.action is Action.REFUSE


def test_a_flow_keeps_its_exchange_and_a_lost_one_is_refused(make_flow):
    flow = make_flow()
    exchange = exchange_of(flow)
    exchange.decide(PASS)
    assert exchange_of(flow) is exchange
    flow.metadata.clear()
    assert exchange_of(flow).decision.action is Action.REFUSE


def test_only_the_hashed_object_goes_without_a_second_hash():
    body = b"x" * 100
    exchange = Exchange(body=body, digest="of body")
    assert exchange.digest_of(body) == "of body"
    exchange.redacted, exchange.redacted_digest = b"y" * 100, "of the copy"
    assert exchange.digest_of(exchange.redacted) == "of the copy"
    for known in (body, exchange.redacted):
        other = bytes(bytearray(known))
        assert exchange.digest_of(other) == hashlib.sha256(other).hexdigest()


def test_what_is_known_beyond_the_reason():
    verdicts = (None, Clear("jpeg"), Unreadable(Reason.ENCRYPTED, "zip"), Faces((), unredacted="why not"))
    assert [Exchange(verdict=verdict).detail for verdict in verdicts] == ["", "", "zip", "why not"]


def test_ours_is_told_by_identity(make_flow):
    flow = make_flow(b"x")
    exchange = exchange_of(flow)
    assert not exchange.is_ours(flow.response)
    exchange.sealed = Sealed(flow.response, b"x")
    assert exchange.is_ours(flow.response)
    assert not exchange.is_ours(flow.response.copy())
