from collections import Counter
from datetime import timedelta

from facegate.quarantine import counts
from facegate.quarantine.desk import RecordsDesk
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate_addons.domain.model import utc_now

from tests.quarantine.conftest import EVE
from tests.quarantine.listed import keep, make


def test_triggers_keep_what_a_count_would_find(database: Database) -> None:
    made = make(80)
    keep(database, made)
    found = counts.counts(database)
    assert found.states == Counter(it.state for it in made)
    assert found.open == found.states["open"]
    assert found.open_by_reason == Counter(it.reason for it in made if it.state == "open")
    jobs = Counter(job for it in made if it.state == "open" for job in {job for job, _, _ in it.seen})
    assert dict(counts.open_by_job(database, 3)) == dict(jobs.most_common(3))
    assert counts.of_job(database, "job-1")["open"] == jobs["job-1"]
    assert counts.of_job(database, "ghost")["open"] == 0
    for sql in (
        "SELECT 'job', job, state, count(*) FROM record_jobs GROUP BY job, state",
        "SELECT 'host', host, state, count(*) FROM record_hosts GROUP BY host, state",
        "SELECT 'reason', reason, state, count(*) FROM records GROUP BY reason, state",
    ):
        counted = {tuple(row) for row in database.read(sql)}
        kind = next(iter(counted))[0]
        kept = database.read("SELECT * FROM record_counts WHERE kind = ? AND n > 0", (kind,))
        assert {tuple(row) for row in kept} == counted


async def test_they_follow_each_decision(
    database: Database, vault: SealedVault, records_desk: RecordsDesk, crawl: str, withheld: object
) -> None:
    await withheld("record-1")  # type: ignore[operator]
    await withheld("record-2")  # type: ignore[operator]
    await withheld("record-2")  # type: ignore[operator]  # once more
    before = counts.counts(database)
    assert (before.open, before.waiting, before.open_by_reason) == (2, 0, {"faces": 2})
    records_desk.ask_release("record-1", EVE, "a statue")
    records_desk.confirm("record-2", EVE)
    after = counts.counts(database)
    assert (after.open, after.states["confirmed"], after.waiting) == (1, 1, 1)
    assert after.revision == counts.revision(database) > before.revision
    vault.purge(utc_now() + timedelta(days=5))
    last = counts.counts(database)
    assert (last.open, last.states["expired"], last.states["confirmed"], last.waiting) == (0, 1, 1, 0)
    assert last.as_json()["open_by_reason"] == {}
    assert counts.open_by_job(database) == []


def test_a_host_that_is_erased_leaves_no_name(database: Database) -> None:
    keep(database, make(40))
    database.write_now(lambda c: c.execute("DELETE FROM record_hosts WHERE host = 'shop.example'").rowcount)
    assert database.read("SELECT * FROM host_names WHERE host = 'shop.example'") == []
    assert database.read("SELECT * FROM record_counts WHERE key = 'shop.example'") == []
    assert len(database.read("SELECT * FROM host_names")) > 3
