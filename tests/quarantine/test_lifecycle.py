from dataclasses import replace
from itertools import product

import pytest
from facegate.errors import Conflict, NotAllowed
from facegate.jobs.lifecycle import Actor
from facegate.quarantine.lifecycle import STATES, TRANSITIONS, Standing, Verb, decide, may_decide, named

OPEN = Standing("r-1", "open")
# Every state and every verb: the state then, or what the refusal says.
EVERY = {
    ("open", Verb.CONFIRM): "confirmed",
    ("open", Verb.FALSE_POSITIVE): "false-positive",
    ("open", Verb.RELEASE): "released",
    ("open", Verb.REOPEN): "!nothing to undo",
    ("confirmed", Verb.CONFIRM): "!is confirmed, .* reopen it first",
    ("confirmed", Verb.FALSE_POSITIVE): "!is confirmed, .* reopen it first",
    ("confirmed", Verb.RELEASE): "released",
    ("confirmed", Verb.REOPEN): "open",
    ("false-positive", Verb.CONFIRM): "!is false-positive, .* reopen it first",
    ("false-positive", Verb.FALSE_POSITIVE): "!is false-positive, .* reopen it first",
    ("false-positive", Verb.RELEASE): "!passes without a release",
    ("false-positive", Verb.REOPEN): "open",
    ("released", Verb.CONFIRM): "!is released, .* reopen it first",
    ("released", Verb.FALSE_POSITIVE): "!is released, .* reopen it first",
    ("released", Verb.RELEASE): "released",
    ("released", Verb.REOPEN): "open",
    ("expired", Verb.CONFIRM): "!nothing is decided on it",
    ("expired", Verb.FALSE_POSITIVE): "!nothing is decided on it",
    ("expired", Verb.RELEASE): "!nothing is decided on it",
    ("expired", Verb.REOPEN): "!nothing is decided on it",
}


def test_the_table_is_whole() -> None:
    assert set(EVERY) == set(product(STATES, Verb))
    assert {pair for pair, said in EVERY.items() if not said.startswith("!")} == set(TRANSITIONS)


@pytest.mark.parametrize(("state", "verb"), list(EVERY))
def test_every_transition_and_every_refusal(state: str, verb: Verb) -> None:
    record, said = Standing("r-1", state, decided="decided by eve at noon"), EVERY[state, verb]
    if said.startswith("!"):
        with pytest.raises(Conflict, match=said[1:]) as refused:
            decide(record, verb)
        assert "eve at noon" in str(refused.value)
    else:
        assert decide(record, verb) == said


@pytest.mark.parametrize("verb", [Verb.CONFIRM, Verb.FALSE_POSITIVE, Verb.RELEASE])
def test_nothing_is_decided_on_what_is_over(verb: Verb) -> None:
    with pytest.raises(Conflict, match="has expired"):
        decide(replace(OPEN, over=True), verb)


def test_without_bytes_there_is_nothing_to_release() -> None:
    with pytest.raises(Conflict, match="no bytes"):
        decide(replace(OPEN, has_bytes=False), Verb.RELEASE)
    assert decide(replace(OPEN, has_bytes=False), Verb.CONFIRM) == "confirmed"


def test_a_correction_is_of_a_body() -> None:
    with pytest.raises(Conflict, match="in a header"):
        decide(replace(OPEN, in_header=True), Verb.FALSE_POSITIVE)
    assert decide(replace(OPEN, in_header=True), Verb.RELEASE) == "released"


def test_what_can_be_undone() -> None:
    released, wrong = Standing("r-1", "released"), Standing("r-1", "false-positive")
    with pytest.raises(Conflict, match="was delivered"):
        decide(replace(released, delivered=True), Verb.REOPEN)
    assert decide(replace(wrong, over=True), Verb.REOPEN) == "open"  # until the purge comes by
    assert decide(replace(wrong, over=True, gone=True), Verb.REOPEN) == "expired"
    with pytest.raises(Conflict, match="stays released"):
        decide(replace(released, over=True, gone=True), Verb.REOPEN)


def test_who_decides() -> None:
    for by in (Actor("eve", "reviewer"), Actor("ada", "admin"), Actor("os:root")):
        may_decide(by)
    with pytest.raises(NotAllowed, match="olaf is operator"):
        may_decide(Actor("olaf", "operator"))
    with pytest.raises(NotAllowed, match="os:root is no added user"):
        named(Actor("os:root"))
