from datetime import UTC, datetime, timedelta

import pytest
from facegate_addons.domain.job import Job, JobState, Kind, Scope

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "expires", "may_crawl", "in_force"),
    [
        (JobState.APPROVED, None, True, True),
        (JobState.PENDING, None, True, False),  # until it is approved it crawls as an untargeted one
        (JobState.DRAFT, None, False, False),
        (JobState.ACTIVE, None, True, False),
        (JobState.EXHAUSTED, None, True, True),  # so that a spent budget is told from a missing scope
        (JobState.EXPIRED, None, False, False),
        (JobState.REVOKED, None, False, False),
        (JobState.APPROVED, NOW, False, False),
        (JobState.APPROVED, NOW + timedelta(seconds=1), True, True),
        (JobState.PENDING, NOW - timedelta(days=1), False, False),
    ],
)
def test_what_a_job_may_in_each_state(state, expires, may_crawl, in_force):
    job = Job("j", "o", scope=Scope(Kind.INDIVIDUAL, expires=expires), state=state)
    assert (job.may_crawl(NOW), job.in_force(NOW)) == (may_crawl, in_force)
