from datetime import UTC, datetime, timedelta

from facegate.api.history import events
from facegate.jobs.lifecycle import Actor, registered, revoked
from facegate_addons.domain.job import Job, Scope

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_first_one_first() -> None:
    by = Actor("ada", "admin")
    job = registered(None, Job("case", "acme", "pages", Scope()), by, AT, draft=True)
    job = registered(job, Job("case", "acme", "other pages", Scope()), by, AT + timedelta(days=1), draft=False)
    job = revoked(job, by, AT + timedelta(days=2))
    told = [(it["event"], it["version"], it["at"].day) for it in events(job)]
    assert told == [("registered", 1, 1), ("withdrawn", 1, 2), ("registered", 2, 2), ("revoked", None, 3)]
