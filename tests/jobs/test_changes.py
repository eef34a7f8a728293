from dataclasses import replace

from facegate.jobs.changes import KeyChange, key_changes, shown
from facegate_addons.domain.job import Job, Kind, Scope

JOB = Job("case", "acme", "p", Scope(Kind.GROUP, ("a", "b"), ("x.example",)))


def test_what_came_went_and_changed() -> None:
    after = replace(JOB, scope=replace(JOB.scope, hosts=("y.example",), ports=(443,), subjects=()))
    assert key_changes(JOB, after) == (
        KeyChange("scope.hosts", ["x.example"], ["y.example"]),
        KeyChange("scope.ports", None, [443]),
        KeyChange("scope.subjects", ["a", "b"], None),
    )
    assert key_changes(JOB, JOB) == ()


def test_of_a_new_job_all_is_new() -> None:
    keys = [change.key for change in key_changes(None, JOB)]
    assert keys == ["id", "operator", "purpose", "scope.kind", "scope.subjects", "scope.hosts"]


def test_lists_are_shown_without_brackets() -> None:
    assert (shown([1, 2]), shown(None), shown(7)) == ("1, 2", "", "7")
