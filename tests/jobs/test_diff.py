from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from facegate.jobs import lifecycle
from facegate.jobs.changes import KeyChange, key_changes
from facegate.jobs.declared import Declared
from facegate.jobs.diff import Difference, Outcome, difference, gone
from facegate.jobs.lifecycle import Actor
from facegate.jobs.record import RegisteredJob
from facegate_addons.domain.job import Conditions, Job, Live, Purpose
from facegate_addons.domain.model import utc_now

NOW = utc_now()
EVE = Actor("eve", "reviewer")
FILE = Actor("file:a.toml", via="file")


def registered(job: Job, before: RegisteredJob | None = None, *, draft: bool = False) -> RegisteredJob:
    return lifecycle.registered(before, job, FILE, NOW, draft=draft)


def compared(before: RegisteredJob | None, job: Job, *, new_token: bool = False) -> Difference:
    return difference(before, Declared("a.toml", job), NOW, new_token=new_token)


def test_a_new_job_is_all_its_keys(targeted: Callable[..., Job]) -> None:
    found = compared(None, targeted())
    assert (found.file, found.job, found.outcome) == ("a.toml", "case", Outcome.CREATED)
    assert {change.key: change.new for change in found.changes}["scope.hosts"] == ["news.example"]
    assert {change.old for change in found.changes} == {None}


def test_the_same_again_is_nothing(targeted: Callable[..., Job]) -> None:
    assert compared(registered(targeted()), targeted()).outcome is Outcome.CHANGED  # another second, another end
    job = targeted()
    assert compared(registered(job), job) == Difference("a.toml", "case", Outcome.UNCHANGED)


def test_a_change_is_told_by_key(targeted: Callable[..., Job]) -> None:
    job = targeted()
    answered = Conditions(purpose=Purpose.SEARCH)
    scope = replace(job.scope, hosts=("a.example", "b.example"), max_releases=None, max_faces=7)
    after = replace(job, purpose="other", streams=Live.INSPECT, conditions=answered, scope=scope)
    found = compared(registered(job), after)
    assert found.outcome is Outcome.CHANGED
    assert found.changes == key_changes(job, after)
    assert {change.key: (change.old, change.new) for change in found.changes} == {
        "purpose": ("find one person", "other"),
        "streams": (None, "inspect"),
        "conditions.purpose": (None, "search"),
        "scope.hosts": (["news.example"], ["a.example", "b.example"]),
        "scope.max_faces": (None, 7),
        "scope.max_releases": (5, None),
    }


def test_what_waits_is_what_a_file_is_compared_with(targeted: Callable[..., Job]) -> None:
    job = targeted()
    approved = lifecycle.approved(registered(job), EVE, NOW, version=None, seen=None, why="")
    changed = replace(job, purpose="wider")
    both = registered(changed, approved)
    assert compared(both, changed).outcome is Outcome.UNCHANGED
    assert [c.key for c in compared(both, job).changes] == ["purpose"]  # back to what is in force: a version, too


def test_what_was_rejected_is_not_asked_for_again(targeted: Callable[..., Job]) -> None:
    job = targeted()
    no = lifecycle.rejected(registered(job), EVE, NOW, version=None, why="no paper")
    found = compared(no, job)
    assert (found.outcome, found.note) == (Outcome.UNCHANGED, "version 1 says this, and was rejected: no paper")
    assert compared(no, replace(job, purpose="other")).outcome is Outcome.CHANGED


def test_a_file_submits_a_draft_that_says_the_same(targeted: Callable[..., Job]) -> None:
    job = targeted()
    found = compared(registered(job, draft=True), job)
    assert (found.outcome, found.changes) == (Outcome.CHANGED, (KeyChange("state", "draft", "pending"),))


def test_a_token_alone_is_a_change_and_is_never_shown(targeted: Callable[..., Job]) -> None:
    job = targeted()
    found = compared(registered(job), job, new_token=True)
    assert (found.outcome, [change.key for change in found.changes]) == (Outcome.CHANGED, ["token_sha256"])


def test_what_may_not_be_is_refused(targeted: Callable[..., Job]) -> None:
    job = targeted()
    revoked = lifecycle.revoked(registered(job), EVE, NOW)
    assert "for good" in compared(revoked, job).problems[0]
    other = compared(registered(job), replace(job, operator="other"))
    assert (other.outcome, other.job) == (Outcome.REFUSED, "case")
    assert "is run by 'acme'" in other.problems[0]
    bad = difference(None, Declared("a.toml", problems=("x", "y")), NOW, new_token=False)
    assert bad == Difference("a.toml", None, Outcome.REFUSED, problems=("x", "y"))


def test_a_job_past_its_end_is_what_it_was(targeted: Callable[..., Job]) -> None:
    job = targeted(days=1)
    late = NOW + timedelta(days=2)
    found = difference(lifecycle.expired(registered(job), late), Declared("a.toml", job), late, new_token=False)
    assert found.outcome is Outcome.UNCHANGED


def test_jobs_without_their_file_are_told(targeted: Callable[..., Job]) -> None:
    declared = [Declared("a.toml", Job("one", "acme")), Declared("bad.toml", problems=("?",))]
    authors = {
        "one": "file:a.toml",
        "moved": "file:old.toml",
        "broken": "file:bad.toml",
        "typed": "os:root",
        "gone": "file:gone.toml",
    }
    moved = Declared("new.toml", Job("moved", "acme"))
    (found,) = gone(authors, [*declared, moved])
    assert (found.file, found.job, found.outcome) == ("gone.toml", "gone", Outcome.GONE)
    assert "facegate job revoke" in found.note


def test_as_json_has_all_of_it() -> None:
    found = Difference("a.toml", "x", Outcome.CHANGED, (KeyChange("purpose", "a", "b"),))
    assert found.as_json() == {
        "file": "a.toml",
        "job": "x",
        "outcome": "new version",
        "changes": [{"key": "purpose", "old": "a", "new": "b"}],
        "problems": [],
        "note": "",
    }
