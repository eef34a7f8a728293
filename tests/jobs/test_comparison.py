from dataclasses import replace
from datetime import UTC, datetime

from facegate.jobs.comparison import compared
from facegate.jobs.widening import Mark
from facegate_addons.domain.job import Conditions, Job, Kind, Scope

GROUP = Scope(Kind.GROUP, ("a", "b"), ("x.example",), max_releases=5)
JOB = Job("case", "acme", "p", GROUP)


def rows(old, new):
    return {row.key: row for row in compared(old, new).rows}


def test_lists_are_shown_whole_with_what_came_first():
    found = rows(JOB, replace(JOB, scope=replace(GROUP, subjects=("b", "<b>c</b>"))))["scope.subjects"]
    assert (found.label, found.mark, found.words) == ("Subjects", Mark.WIDENED, "one person more, one fewer")
    assert [(entry.text, entry.mark) for entry in found.entries] == [
        ("<b>c</b>", Mark.ADDED),
        ("a", Mark.REMOVED),
        ("b", Mark.SAME),
    ]
    assert found.is_list


def test_what_stayed_is_told_as_well():
    comparison = compared(JOB, replace(JOB, purpose="q"))
    assert [row.key for row in comparison.changed] == ["purpose"]
    assert [row.key for row in comparison.rows] == [
        *("id", "operator", "purpose", "scope.kind", "scope.subjects", "scope.hosts", "scope.max_releases")
    ]
    assert not comparison.widens


def test_what_widens_is_said_first():
    comparison = compared(JOB, replace(JOB, purpose="q", scope=replace(GROUP, max_releases=3, ports=(443,), hosts=())))
    assert not comparison.widens
    wider = compared(JOB, replace(JOB, purpose="q", scope=replace(GROUP, max_releases=9)))
    assert wider.widens
    assert wider.words == ("Releases at most: 4 responses with faces more", "Purpose: says something else")


def test_of_a_new_job_all_is_added():
    comparison = compared(None, JOB)
    assert {row.mark for row in comparison.rows} == {Mark.ADDED}
    assert (comparison.words, comparison.widens) == ((), False)


def test_a_scope_that_comes_or_goes_is_no_bound_that_narrows():
    broad = Job("case", "acme", "p")
    come = rows(broad, JOB)
    assert (come["scope.kind"].mark, come["scope.max_releases"].mark) == (Mark.WIDENED, Mark.ADDED)
    gone = rows(JOB, broad)
    assert (gone["scope.kind"].mark, gone["scope.hosts"].mark) == (Mark.NARROWED, Mark.REMOVED)
    assert [entry.mark for entry in gone["scope.hosts"].entries] == [Mark.REMOVED]


def test_values_are_written_for_somebody_who_reads():
    ends = datetime(2026, 12, 31, 6, 30, tzinfo=UTC)
    job = replace(
        JOB, conditions=Conditions(True, automated=False), scope=replace(GROUP, expires=ends, max_bytes=2_000_000)
    )
    said = {key: row.new for key, row in rows(None, job).items()}
    assert said["scope.expires"] == "2026-12-31 06:30:00 UTC"
    assert (said["conditions.in_the_union"], said["conditions.automated"]) == ("yes", "no")
    assert said["scope.max_bytes"] == "2,000,000"
    assert said["scope.subjects"] == "a, b"
