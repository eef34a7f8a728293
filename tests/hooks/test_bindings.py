"""A connection speaks for the job it was bound to, and for none after its end."""

from facegate_addons.hooks.bindings import Bindings


def test_each_connection_has_its_own_job() -> None:
    bindings = Bindings()
    bindings.bind("one", "crawl")
    bindings.bind("two", "search")
    assert (bindings.job_of("one"), bindings.job_of("two"), bindings.job_of("three")) == ("crawl", "search", None)


def test_the_last_word_counts() -> None:
    bindings = Bindings()
    bindings.bind("one", "crawl")
    bindings.bind("one", "search")
    assert bindings.job_of("one") == "search"


def test_a_connection_that_ended_speaks_for_nobody() -> None:
    bindings = Bindings()
    bindings.bind("one", "crawl")
    bindings.forget("one")
    bindings.forget("one")
    bindings.forget("never bound")
    assert bindings.job_of("one") is None
