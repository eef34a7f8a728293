import pytest
from facegate_addons.domain.model import Action, Clear, Faces, Finding, Unreadable
from facegate_addons.domain.policy import Policy, decide
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


def test_a_different_policy_has_a_different_version():
    assert Policy().version != DROP.version
