from dataclasses import replace

import pytest
from facegate_addons.domain.model import Action, Clear, Cover, Decision, Faces, Finding, Unreadable
from facegate_addons.domain.policy import OBSERVING, Mode, Policy, decide, observe
from facegate_addons.domain.reasons import Reason

FACES = Faces((Finding((1, 2, 3, 4), 0.9),))
DROP = Policy(faces=Action.DROP, unreadable=Action.DROP)


@pytest.mark.parametrize(
    ("verdict", "in_scope", "action", "reason"),
    [
        (Clear("text"), False, Action.PASS, Reason.CLEAR),
        (Clear("text"), True, Action.PASS, Reason.CLEAR),
        (FACES, False, Action.QUARANTINE, Reason.FACES),
        (FACES, True, Action.PASS, Reason.TARGETED),
        (Unreadable(Reason.ENCRYPTED), False, Action.QUARANTINE, Reason.ENCRYPTED),
        (Unreadable(Reason.ENCRYPTED), True, Action.QUARANTINE, Reason.ENCRYPTED),
    ],
)
def test_a_face_passes_in_scope_only_and_unreadable_for_nobody(verdict, in_scope, action, reason):
    decision = decide(verdict, in_scope=in_scope, policy=Policy(), digest="d")
    assert (decision.action, decision.reason, decision.digest) == (action, reason, "d")


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNDECODABLE)])
def test_the_deployment_chooses_what_withholding_means(verdict):
    assert decide(verdict, in_scope=False, policy=DROP, digest="d").action is Action.DROP


REDACT = Policy(faces=Action.REDACT)


def test_a_redacted_copy_passes_for_its_own_digest():
    decision = decide(FACES, in_scope=False, policy=REDACT, digest="d", redacted="r")
    assert (decision.action, decision.reason, decision.digest) == (Action.REDACT, Reason.FACES, "r")
    assert decision.findings == FACES.findings


@pytest.mark.parametrize("redacted", ["", "d"])
def test_without_a_copy_of_its_own_a_face_is_quarantined(redacted):
    decision = decide(FACES, in_scope=False, policy=REDACT, digest="d", redacted=redacted)
    assert (decision.action, decision.reason, decision.digest) == (Action.QUARANTINE, Reason.FACES, "d")


def test_a_copy_counts_for_nothing_where_it_was_not_wanted():
    for policy in (Policy(), DROP):
        assert decide(FACES, in_scope=False, policy=policy, digest="d", redacted="r").action is policy.faces
    decision = decide(FACES, in_scope=True, policy=REDACT, digest="d", redacted="r")
    assert (decision.action, decision.reason, decision.digest) == (Action.PASS, Reason.TARGETED, "d")
    for verdict in (Clear("jpeg"), Unreadable(Reason.ENCRYPTED)):
        decision = decide(verdict, in_scope=False, policy=REDACT, digest="d", redacted="r")
        assert decision.action is not Action.REDACT
        assert decision.digest == "d"


def test_a_different_policy_has_a_different_version():
    versions = {Policy().version, DROP.version, REDACT.version, Policy(faces=Action.REDACT, cover=Cover.MOSAIC).version}
    assert len(versions) == 4


OBSERVE = Policy(mode=Mode.OBSERVE)


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.ENCRYPTED), Unreadable(Reason.INSPECTION_FAILED)])
@pytest.mark.parametrize("action", [Action.QUARANTINE, Action.DROP])
def test_observing_makes_a_pass_of_what_would_be_withheld_and_says_so(verdict, action):
    policy = Policy(action, action, mode=Mode.OBSERVE)
    decision = decide(verdict, in_scope=False, policy=policy, digest="looked at")
    observed = observe(decision, policy, digest="leaves", whole=True)
    assert observed == replace(decision, action=Action.PASS, digest="leaves", observed=action)


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Action.PASS, Reason.CLEAR, digest="d"),
        Decision(Action.PASS, Reason.TARGETED, FACES.findings, "d"),
        Decision(Action.REFUSE, Reason.OVERLOADED),
    ],
)
def test_observing_leaves_a_pass_and_a_refusal_alone(decision):
    assert observe(decision, OBSERVE, digest="other", whole=True) == decision


def test_enforcing_observes_nothing():
    decision = decide(FACES, in_scope=False, policy=Policy(), digest="d")
    assert observe(decision, Policy(), digest="d", whole=True) is decision


@pytest.mark.parametrize(
    ("reason", "whole", "action"),
    [
        (Reason.FACES, True, Action.REDACT),
        (Reason.FACES, False, Action.QUARANTINE),  # windows of streams are not redacted
        (Reason.BUDGET_SPENT, True, Action.QUARANTINE),  # nor is what is in scope
    ],
)
def test_what_would_be_redacted_is_taken_for_redacted_without_a_copy(reason, whole, action):
    policy = Policy(faces=Action.REDACT, mode=Mode.OBSERVE)
    observed = observe(Decision(policy.withhold, reason, digest="d"), policy, digest="d", whole=whole)
    assert (observed.action, observed.observed) == (Action.PASS, action)


def test_the_version_says_that_nothing_is_withheld():
    assert OBSERVE.version == Policy().version + OBSERVING
    assert OBSERVE.observes
    assert not Policy().observes


@pytest.mark.parametrize("faces", [Action.DROP, Action.QUARANTINE])
def test_what_a_job_wants_redacted_and_cannot_be_fares_as_the_policy_says(faces):
    policy = Policy(faces=faces).redacting()
    assert decide(Faces(()), in_scope=False, policy=policy, digest="a", redacted="b").action is Action.REDACT
    assert decide(Faces(()), in_scope=False, policy=policy, digest="a").action is faces
