import json

import pytest
from facegate_addons.domain import outcome
from facegate_addons.domain.model import Action, Decision, Finding
from facegate_addons.domain.reasons import Reason

PASSED = {Reason.CLEAR, Reason.NO_BODY, Reason.TARGETED, Reason.FALSE_POSITIVE, Reason.RELEASED}


def refused(reason: Reason) -> Decision:
    return Decision(Action.REFUSE, reason)


@pytest.mark.parametrize("reason", sorted(set(Reason) - PASSED))
def test_every_reason_has_a_whole_answer(reason):
    document = outcome.problem(refused(reason), "job-1", "rec-1", "req-1")
    assert document["status"] in (400, 403, 407, 451, 502, 503, 504)
    assert document == json.loads(json.dumps(document))
    assert all(document[key] for key in ("type", "title", "status", "detail"))
    assert (document["reason"], document["job"], document["record"]) == (reason, "job-1", "rec-1")
    headers = outcome.headers(refused(reason), "rec-1", "req-1")
    assert document["request"] == headers["Facegate-Request"] == "req-1"
    assert headers["Facegate-Reason"] == reason
    assert headers["Proxy-Status"].startswith("facegate; error=")


def test_statuses_bring_what_they_ask_for():
    assert outcome.headers(refused(Reason.NO_CREDENTIALS), "")["Proxy-Authenticate"].startswith("Basic ")
    assert 'rel="blocked-by"' in outcome.headers(refused(Reason.FACES), "")["Link"]
    assert int(outcome.headers(refused(Reason.OVERLOADED), "")["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (Reason.FACES, "faces"),
        (Reason.BUDGET_SPENT, "faces"),
        (Reason.TARGETED, "faces"),
        (Reason.CLEAR, "clear"),
        (Reason.NO_BODY, "clear"),
        (Reason.FALSE_POSITIVE, "clear"),
        (Reason.RELEASED, "unreadable"),
        (Reason.ENCRYPTED, "unreadable"),
        (Reason.LIMIT_PIXELS, "unreadable"),
        (Reason.ADDRESS_REFUSED, ""),
        (Reason.LIMIT_BODY, ""),
    ],
)
def test_the_verdict_is_told_only_where_there_is_one(reason, word):
    assert outcome.verdict_word(refused(reason)) == word
    assert outcome.headers(refused(reason), "").get("Facegate-Verdict", "") == word


def test_a_passed_body_says_what_was_seen_and_no_more():
    headers = outcome.headers(Decision(Action.PASS, Reason.TARGETED), "")
    assert headers == {"Facegate-Verdict": "faces", "Facegate-Action": "pass"}
    headers = outcome.headers(Decision(Action.REDACT, Reason.FACES), "")
    assert headers == {"Facegate-Verdict": "faces", "Facegate-Action": "redact"}


def test_a_body_that_passed_only_for_being_observed_says_what_would_have_been_done():
    assert outcome.headers(Decision(Action.PASS, Reason.ENCRYPTED, observed=Action.DROP), "") == {
        "Facegate-Verdict": "unreadable",
        "Facegate-Action": "pass",
        "Facegate-Observed": "drop",
    }


def test_what_is_released_says_what_it_is_and_which_record():
    found = (Finding((0, 0, 9, 9), 0.9),)
    told = outcome.headers(Decision(Action.PASS, Reason.RELEASED, found, "d"), "rec-1")
    assert told == {"Facegate-Verdict": "faces", "Facegate-Action": "pass", "Facegate-Record": "rec-1"}
