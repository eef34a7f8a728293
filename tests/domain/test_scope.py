import time as clock
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from facegate_addons.domain.job import Conditions, Hours, Job, JobState, Kind, Purpose, Scope
from facegate_addons.domain.scope import Asked, in_scope

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOSTS = ("news.example", "*.example.org")


def asked(*hosts: str, port=443, method="GET", path="/") -> Asked:
    return Asked(frozenset(hosts), port, method, path)


def job(kind=Kind.INDIVIDUAL, state=JobState.APPROVED, expires=NOW + timedelta(days=1), hosts=HOSTS, **more) -> Job:
    return Job("j", "o", scope=Scope(kind, hosts=hosts, expires=expires, **more), state=state)


def test_a_targeted_job_in_force_is_in_scope_on_its_hosts():
    assert in_scope(job(), asked("news.example"), NOW)
    assert in_scope(job(Kind.GROUP), asked("a.example.org"), NOW)
    assert in_scope(job(), asked("news.example", "a.example.org"), NOW)


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


@pytest.mark.parametrize(
    "request_",
    [
        asked(),
        asked("news.example", "evil.test"),  # the one of them that answers may be the other
        asked("news.example", ""),
        asked("news.example", path=""),
        asked("news.example", path="*"),
        asked("news.example", path="http://evil.test/"),
    ],
)
def test_requests_that_fit_no_scope(request_):
    assert not in_scope(job(), request_, NOW)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_that_needs_no_given_person_never_receives_a_face(purpose):
    for_it = replace(job(), conditions=Conditions(purpose=purpose))
    assert in_scope(for_it, asked("news.example"), NOW) is not purpose.outside_the_prohibition


def test_ports_and_methods_narrow():
    narrow = job(ports=(443, 8443), methods=("GET",))
    assert in_scope(narrow, asked("news.example"), NOW)
    assert in_scope(narrow, asked("news.example", port=8443), NOW)
    assert not in_scope(narrow, asked("news.example", port=80), NOW)
    assert not in_scope(narrow, asked("news.example", method="POST"), NOW)
    assert not in_scope(narrow, asked("news.example", method="get"), NOW)


def test_paths_narrow_and_odd_ones_are_odd_only_then():
    narrow = job(paths=("/news/", "/a.html"))
    assert in_scope(narrow, asked("news.example", path="/news/1?q=2"), NOW)
    assert in_scope(narrow, asked("news.example", path="/a.html"), NOW)
    assert not in_scope(narrow, asked("news.example", path="/news/../x"), NOW)
    assert not in_scope(narrow, asked("news.example", path="/"), NOW)
    assert in_scope(job(), asked("news.example", path="/a%2Fb/../c"), NOW)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 5, 1, 7, 59, 59, 999_999, UTC), False),
        (datetime(2026, 5, 1, 8, tzinfo=UTC), True),
        (datetime(2026, 5, 1, 17, 59, 59, 999_999, UTC), True),
        (datetime(2026, 5, 1, 18, tzinfo=UTC), False),
        (datetime.fromisoformat("2026-05-01T10:00:00+02:00"), True),
        (datetime.fromisoformat("2026-05-01T09:59:59+02:00"), False),
    ],
)
def test_hours_are_of_utc(at, inside):
    assert in_scope(job(hours=Hours(time(8), time(18))), asked("news.example"), at) is inside


@pytest.mark.parametrize(("hour", "inside"), [(21, False), (22, True), (23, True), (0, True), (5, True), (6, False)])
def test_hours_over_midnight(hour, inside):
    at = datetime(2026, 5, 1, hour, tzinfo=UTC)
    assert in_scope(job(hours=Hours(time(22), time(6))), asked("news.example"), at) is inside


def test_begins_is_inside_and_expires_is_not():
    second = timedelta(seconds=1)
    framed = job(begins=NOW, expires=NOW + 2 * second)
    states = [in_scope(framed, asked("news.example"), NOW + n * second) for n in range(-1, 4)]
    assert states == [False, True, True, False, False]


def seconds_each(job: Job, request: Asked, rounds: int = 2_000) -> float:
    in_scope(job, request, NOW)
    best = float("inf")
    for _ in range(5):
        began = clock.perf_counter()
        for _ in range(rounds):
            in_scope(job, request, NOW)
        best = min(best, (clock.perf_counter() - began) / rounds)
    return best


def test_a_thousand_hosts_are_asked_about_as_fast_as_ten():
    few = job(hosts=tuple(f"*.host-{n}.example" for n in range(10)), paths=("/news/",))
    many = replace(few, scope=replace(few.scope, hosts=tuple(f"*.host-{n}.example" for n in range(1_000))))
    request = asked("a.b.host-9.example", path="/news/2026/photo.jpg?size=2")
    assert in_scope(few, request, NOW)
    assert in_scope(many, request, NOW)
    assert seconds_each(few, request) < 50e-6  # measured: 4 µs; this is for a machine that does much else
    assert seconds_each(many, request) < 100e-6
