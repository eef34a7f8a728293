import pytest
from facegate.reports import outcomes
from facegate_addons.domain.model import Action
from facegate_addons.domain.reasons import Reason


def test_every_decision_there_can_be_has_an_outcome() -> None:
    for action in Action:
        for reason in Reason:
            assert outcomes.of({"action": str(action), "reason": str(reason)}) in outcomes.OUTCOMES


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        ({"action": "pass", "reason": "clear"}, "passed"),
        ({"action": "pass", "reason": "targeted"}, "in-scope"),
        ({"action": "pass", "reason": "false-positive"}, "corrected"),
        ({"action": "pass", "reason": "released"}, "released"),
        ({"action": "pass", "reason": "faces", "observed": "drop"}, "observed"),
        ({"action": "redact", "reason": "faces"}, "redacted"),
        ({"action": "drop", "reason": "budget-spent"}, "faces"),
        ({"action": "quarantine", "reason": "encrypted"}, "unreadable"),
        ({"action": "drop", "reason": "of a later version"}, "unreadable"),
        ({"action": "refuse", "reason": "faces"}, "refused"),
        ({}, "refused"),
        ({"action": ["pass"]}, "refused"),
    ],
)
def test_outcomes(entry: dict[str, object], outcome: str) -> None:
    assert outcomes.of(entry) == outcome


def test_topics() -> None:
    assert outcomes.topic("record-release-asked") == outcomes.topic("record-delivered") == "releases"
    assert outcomes.topic("record-correction-revoked") == outcomes.topic("record-held") == "overrides"
    assert outcomes.topic("job-approved") == "jobs"
    assert outcomes.topic("console-entered") is None
    assert outcomes.of_everybody({"event": "purge"})
    assert not outcomes.of_everybody({"event": "purge", "job": "j"})
    assert not outcomes.of_everybody({"event": "user-added"})
