import pytest
from facegate_addons.domain import outcome
from facegate_addons.domain.model import Action, Decision
from facegate_addons.domain.reasons import Reason
from scrapy.http import Response
from scrapy_facegate.answers import OF_THE_JOB, OF_THE_ORIGIN, PASSING_STATES, read


def answer(status: int = 200, **headers: str) -> Response:
    return Response("http://site.example/", status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_the_words_of_the_gateway_are_read() -> None:
    decision = Decision(Action.QUARANTINE, Reason.FACES)
    said = read(Response("http://site.example/", 451, headers=outcome.headers(decision, "r1")))
    assert (said.status, said.action, said.verdict, said.reason, said.record) == (
        451,
        "quarantine",
        "faces",
        "faces",
        "r1",
    )
    assert said.is_gateways
    assert not said.may_be_kept


def test_each_reason_that_is_treated_in_a_way_of_its_own_is_one_and_has_that_status() -> None:
    for reasons, statuses in ((PASSING_STATES, {503}), (OF_THE_ORIGIN, {502}), (OF_THE_JOB, {403, 407})):
        assert {outcome.status(Reason(reason)) for reason in reasons} == statuses
    every = {reason.value for reason in Reason if outcome.status(reason) == 503}
    assert every == PASSING_STATES


def test_what_the_gateway_passes_says_so() -> None:
    for decision in (Decision(Action.PASS, Reason.CLEAR), Decision(Action.PASS, Reason.NO_BODY)):
        said = read(Response("http://site.example/", headers=outcome.headers(decision, "")))
        assert said.is_gateways
        assert said.may_be_kept


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"Facegate_Action": "pass", "Facegate_Verdict": "clear"}, True),
        ({"Facegate_Action": "redact", "Facegate_Verdict": "faces"}, True),
        ({"Facegate_Action": "pass", "Facegate_Verdict": "faces"}, False),  # of a targeted job
        ({"Facegate_Action": "pass", "Facegate_Verdict": "unreadable", "Facegate_Observed": "drop"}, False),
        ({}, False),
    ],
)
def test_a_cache_may_keep_what_everybody_may_see(headers: dict[str, str], kept: bool) -> None:
    assert read(answer(**headers)).may_be_kept is kept


def test_what_has_none_of_its_words_is_not_the_gateways() -> None:
    assert not read(answer(Server="nginx")).is_gateways


@pytest.mark.parametrize(("said", "seconds"), [("2", 2.0), ("", None), ("-1", None), ("soon", None), ("²", None)])
def test_retry_after_is_in_seconds(said: str, seconds: float | None) -> None:
    assert read(answer(503, Retry_After=said.encode().decode("latin-1"))).retry_after == seconds


def test_a_reason_that_is_no_word_does_not_reach_the_stats() -> None:
    assert read(answer(451, Facegate_Reason="../a b")).reason == "unknown"
