import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from facegate.errors import Conflict
from facegate.jobs import apply
from facegate.jobs.apply import applied, planned, without_file
from facegate.jobs.declared import Declared, actor
from facegate.jobs.desk import Desk
from facegate.jobs.diff import Outcome
from facegate.jobs.lifecycle import Actor
from facegate.ledger.reading import tail
from facegate.state.home import Home
from facegate_addons.domain.job import Job, JobState

ROOT = Actor("os:root")
EVE = Actor("eve", "reviewer")
BROUGHT = hashlib.sha256(b"a token of theirs").digest()


def held(desk: Desk, name: str = "crawl") -> set[bytes]:
    return {token.hash for token in desk.show(name).tokens}


def test_a_plan_changes_nothing_and_the_doing_does_it(home: Home, desk: Desk, targeted: Callable[..., Job]) -> None:
    declared = Declared("a.toml", targeted())
    before = len(tail(home.ledger, 100))
    assert planned(desk.database, declared).outcome is Outcome.CREATED
    assert planned(desk.database, declared).outcome is Outcome.CREATED
    assert len(tail(home.ledger, 100)) == before
    assert applied(desk, declared).outcome is Outcome.CREATED
    assert planned(desk.database, declared).outcome is Outcome.UNCHANGED
    assert applied(desk, declared).outcome is Outcome.UNCHANGED
    line = tail(home.ledger, 1)[0]
    assert (line["event"], line["by"], line["via"]) == ("job-registered", "file:a.toml", "file")


def test_a_file_approves_nothing(desk: Desk, targeted: Callable[..., Job]) -> None:
    job = targeted()
    applied(desk, Declared("a.toml", job))
    assert desk.show("case").state is JobState.PENDING
    desk.approve("case", EVE)
    wider = replace(job, scope=replace(job.scope, hosts=("news.example", "more.example")))
    assert applied(desk, Declared("a.toml", wider)).outcome is Outcome.CHANGED
    found = desk.show("case")
    assert (found.state, found.job.scope.hosts) == (JobState.APPROVED, ("news.example",))
    assert found.waiting is not None
    assert found.waiting.author == "file:a.toml"


def test_no_token_is_made_but_one_may_be_brought(desk: Desk) -> None:
    job = Job("crawl", "acme", "p")
    applied(desk, Declared("a.toml", job))
    assert held(desk) == set()
    assert applied(desk, Declared("a.toml", job, BROUGHT)).outcome is Outcome.CHANGED
    assert held(desk) == {BROUGHT}
    assert applied(desk, Declared("a.toml", job, BROUGHT)).outcome is Outcome.UNCHANGED


def test_a_file_does_not_bring_back_a_token_that_was_replaced(desk: Desk) -> None:
    declared = Declared("a.toml", Job("crawl", "acme", "p"), BROUGHT)
    applied(desk, declared)
    desk.rotate_token("crawl", ROOT)
    fresh = held(desk)
    assert planned(desk.database, declared).outcome is Outcome.UNCHANGED
    assert applied(desk, declared).outcome is Outcome.UNCHANGED
    desk.register(replace(declared.job, purpose="other"), actor(declared), token_hash=BROUGHT)  # type: ignore[type-var]
    assert held(desk) == fresh
    other = replace(declared, token_hash=hashlib.sha256(b"another").digest())
    assert applied(desk, other).outcome is Outcome.CHANGED
    assert held(desk) == {other.token_hash}


def test_no_token_of_before_comes_back_by_a_file(desk: Desk) -> None:
    one = Declared("a.toml", Job("crawl", "acme", "p"), BROUGHT)
    two = replace(one, token_hash=hashlib.sha256(b"two").digest())
    applied(desk, one)
    assert applied(desk, two).outcome is Outcome.CHANGED
    for again in (one, two, one):
        assert planned(desk.database, again).outcome is Outcome.UNCHANGED
        assert applied(desk, again).outcome is Outcome.UNCHANGED
        assert held(desk) == {two.token_hash}
    desk.register(replace(one.job, purpose="x"), actor(one), token_hash=one.token_hash)  # type: ignore[type-var]
    assert held(desk) == {two.token_hash}


def test_nor_does_one_that_was_made_here(desk: Desk) -> None:
    made = desk.register(Job("crawl", "acme", "p"), ROOT).token
    assert made is not None
    declared = Declared("a.toml", Job("crawl", "acme", "p"), hashlib.sha256(made.encode()).digest())
    applied(desk, declared)
    desk.rotate_token("crawl", ROOT)
    fresh = held(desk)
    assert applied(desk, declared).outcome is Outcome.UNCHANGED
    assert held(desk) == fresh


def test_two_jobs_never_share_a_token(desk: Desk) -> None:
    applied(desk, Declared("a.toml", Job("crawl", "acme", "p"), BROUGHT))
    other = Declared("b.toml", Job("other", "acme", "p"), BROUGHT)
    assert planned(desk.database, other).outcome is Outcome.REFUSED
    assert "another job's token" in applied(desk, other).problems[0]
    with pytest.raises(Conflict, match="another job's already"):
        desk.register(Job("other", "acme", "p"), ROOT, token_hash=BROUGHT)
    assert not desk.database.read("SELECT 1 FROM jobs WHERE id = 'other'")


def test_who_was_quicker_wins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = Declared("a.toml", Job("crawl", "acme", "p"))
    plan = planned(desk.database, declared)
    desk.register(Job("crawl", "other", "p"), ROOT)
    monkeypatch.setattr(apply, "planned", lambda *_: plan)
    assert "is run by 'other'" in applied(desk, declared).problems[0]


def test_what_is_refused_names_what_to_do(desk: Desk) -> None:
    assert "built in" in planned(desk.database, Declared("a.toml", Job("untargeted", "acme", "p"))).problems[0]
    assert planned(desk.database, Declared("a.toml", problems=("x",))).problems == ("x",)
    desk.register(Job("crawl", "acme", "p"), ROOT)
    desk.database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'mallory'").rowcount)
    assert "altered" in planned(desk.database, Declared("a.toml", Job("crawl", "acme", "q"))).problems[0]


def test_jobs_whose_file_is_gone(desk: Desk) -> None:
    one, two, three = (Declared(f"{n}.toml", Job(n, "acme", "p")) for n in ("one", "two", "three"))
    for declared in (one, two, three):
        applied(desk, declared)
    desk.revoke("three", ROOT)
    desk.register(Job("typed", "acme", "p"), ROOT)
    assert without_file(desk.database, [one, two]) == []
    (found,) = without_file(desk.database, [one])
    assert (found.file, found.job) == ("two.toml", "two")
    assert desk.show("two").state is JobState.ACTIVE
    desk.register(Job("two", "acme", "by hand"), ROOT)  # a person's from here on
    assert without_file(desk.database, [one]) == []


def test_no_file_takes_over_the_token_of_a_job_that_somebody_registered(
    home: Home, desk: Desk, targeted: Callable[..., Job]
) -> None:
    job = targeted()
    desk.register(job, ROOT)
    desk.approve("case", EVE)
    before = held(desk, "case")
    for said in (job, replace(job, purpose="something else")):
        found = applied(desk, Declared("x.toml", said, BROUGHT))
        assert found.outcome is Outcome.REFUSED
        assert "`facegate job token case` does" in found.problems[0]
        with pytest.raises(Conflict, match="replaces none of somebody else's"):
            desk.register(said, Actor("file:x.toml", via="file"), token=False, token_hash=BROUGHT)
    assert held(desk, "case") == before
    assert desk.show("case").waiting is None


def test_a_token_that_a_file_replaces_is_told_of(home: Home, desk: Desk) -> None:
    applied(desk, Declared("a.toml", Job("crawl", "acme", "p"), hashlib.sha256(b"first").digest()))
    applied(desk, Declared("b.toml", Job("crawl", "acme", "p"), BROUGHT))  # it was renamed
    assert held(desk) == {BROUGHT}
    assert "job-token-replaced" in {line["event"] for line in tail(home.ledger, 2)}
