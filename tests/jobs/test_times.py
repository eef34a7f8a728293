from datetime import UTC, datetime, time, timedelta

import pytest
from facegate.jobs.rules import Rules
from facegate.jobs.times import moment, utc
from facegate_addons.domain.job import Hours

from tests.jobs.conftest import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-12-31T00:00:00Z", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31 00:00:00z", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T02:00+02:00", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T00:00:00.25Z", datetime(2026, 12, 31, microsecond=250_000, tzinfo=UTC)),
    ],
)
def test_moments(text, at):
    assert moment(text) == at


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-12-31",
            "2026-12-31T00:00:00",
            "20261231T000000Z",
            "2026-W53-4T00:00Z",
            "soon",
            "2026-02-30T00:00Z",
            "",
        ),
        *("2026-12-31T00:00:00Z\n", "٢٠٢٦-12-31T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    ],
)
def test_no_moments(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says what is wrong
        moment(text)


def test_utc_wants_a_zone():
    with pytest.raises(ValueError, match="no zone"):
        utc(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("away", "says"),
    [
        (timedelta(seconds=1), ""),
        (timedelta(0), "is in the past; write a date like 2026-07-30T12:00:00Z"),
        (-DAY, "is in the past"),
        (366 * DAY, ""),
        (366 * DAY + timedelta(seconds=1), "is more than 366 days away; write a date like 2026-07-30T12:00:00Z"),
    ],
)
def test_a_job_ends_within_the_longest_time(changed, wrong, read, away, says):
    raw = changed("scope.expires", (NOW + away).isoformat())
    if says:
        (line,) = wrong(raw)
        assert line.startswith(f"scope.expires {says}")
    else:
        assert read(raw).scope.expires == NOW + away


def test_a_shorter_longest_time_is_named_and_its_example_fits(good, wrong):
    (line,) = wrong(good, Rules(longest=timedelta(hours=36)))
    assert line == "scope.expires is more than 36 hours away; write a date like 2026-05-03T00:00:00Z"


def test_a_job_begins_before_it_expires(changed, wrong, read):
    assert read(changed("scope.begins", "2026-01-01T00:00:00Z")).scope.begins == datetime(2026, 1, 1, tzinfo=UTC)
    assert read(changed("scope.begins", "2026-12-30T23:59:59Z")).scope.begins
    (line,) = wrong(changed("scope.begins", "2026-12-31T00:00:00Z"))
    assert line == "scope.begins is not before 2026-12-31T00:00:00Z, where the job expires; write an earlier one"
    (line,) = wrong(changed("scope.begins", 5))
    assert line == "scope.begins has to be a date and time with its zone, like 2027-01-01T00:00:00Z, not 5"


def test_hours(changed, wrong, read):
    assert read(changed("scope.hours", "08:00-18:30")).scope.hours == Hours(time(8), time(18, 30))
    assert read(changed("scope.hours", "22:00 - 06:00")).scope.hours == Hours(time(22), time(6))
    for text in ("8-18", "08:00-24:00", "08:60-09:00", "08:00–18:00", "08:00", "08:00-18:00 CET"):
        (line,) = wrong(changed("scope.hours", text))
        assert line.startswith('scope.hours has to be two times of the day in UTC, like "08:00-18:00", not ')
    (line,) = wrong(changed("scope.hours", "08:00-08:00"))
    assert line == "scope.hours begins and ends at 08:00; leave it away for the whole day"
