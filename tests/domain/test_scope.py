from datetime import UTC, datetime, timedelta

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Scope
from facegate_addons.domain.scope import Asked, host_matches, in_scope

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOSTS = ("news.example", "*.example.org")


def asked(*hosts: str, port=443, method="GET", path="/") -> Asked:
    return Asked(frozenset(hosts), port, method, path)


def job(kind=Kind.INDIVIDUAL, state=JobState.APPROVED, expires=NOW + timedelta(days=1), hosts=HOSTS) -> Job:
    return Job("j", "o", scope=Scope(kind, hosts=hosts, expires=expires), state=state)


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("news.example", "news.example", True),
        ("news.example", "NEWS.example.", True),
        ("news.example", "x.news.example", False),
        ("news.example", "evilnews.example", False),
        ("*.example.org", "a.example.org", True),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("*.example.org", ".example.org", False),
    ],
)
def test_host_patterns(pattern, host, fits):
    assert host_matches(pattern, host) is fits


def test_a_targeted_job_in_force_is_in_scope_on_its_hosts():
    assert in_scope(job(), asked("news.example"), NOW)
    assert in_scope(job(Kind.GROUP), asked("a.example.org"), NOW)


@pytest.mark.parametrize(
    "outside",
    [
        job(Kind.UNTARGETED),
        job(state=JobState.PENDING),
        job(state=JobState.REVOKED),
        job(expires=NOW),
        job(hosts=()),
        job(hosts=("other.example",)),
    ],
)
def test_everything_else_is_outside(outside):
    assert not in_scope(outside, asked("news.example"), NOW)
