"""A connection speaks for the job it was bound to while its proof is good, and for none after its end."""

import pytest
from facegate_addons.domain.job import Job
from facegate_addons.hooks.bindings import Bindings, Bound
from hooks.conftest import Jobs

JOB = Job("crawl", "op")
CRAWL, SEARCH = Bound("crawl"), Bound("search")


def test_each_connection_has_its_own_job() -> None:
    bindings = Bindings()
    bindings.bind("one", CRAWL)
    bindings.bind("two", SEARCH)
    assert (bindings.of("one"), bindings.of("two"), bindings.of("three")) == (CRAWL, SEARCH, None)


def test_the_last_word_counts() -> None:
    bindings = Bindings()
    bindings.bind("one", CRAWL)
    bindings.bind("one", SEARCH)
    assert bindings.of("one") == SEARCH


def test_a_connection_that_ended_speaks_for_nobody() -> None:
    bindings = Bindings()
    bindings.bind("one", CRAWL)
    bindings.forget("one")
    bindings.forget("one")
    bindings.forget("never bound")
    assert bindings.of("one") is None


@pytest.mark.parametrize(
    ("bound", "good"),
    [
        (Bound("crawl"), True),
        (Bound("crawl", token="to:ken"), True),
        (Bound("crawl", key=b"key of crawl"), True),
        (Bound("crawl", token="replaced"), False),
        (Bound("crawl", token=""), False),
        (Bound("crawl", key=b"replaced"), False),
        (Bound("crawl", key=b""), False),
        (Bound("other"), False),
        (Bound("other", token="to:ken"), False),
        (Bound("other", key=b"key of other"), False),
    ],
)
async def test_the_proof_is_asked_for_again(bound: Bound, good: bool) -> None:
    assert await bound.job(Jobs(JOB)) is (JOB if good else None)


def test_a_proof_is_never_shown() -> None:
    shown = repr(Bound("crawl", "to:ken", b"secret key")) + str(Bound("crawl", "to:ken", b"secret key"))
    assert "crawl" in shown
    assert "to:ken" not in shown
    assert "secret" not in shown
