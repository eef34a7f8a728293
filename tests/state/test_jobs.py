from collections.abc import Callable

import pytest
from facegate.errors import ConfigError, StateError
from facegate.state import jobs
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger
from facegate.state.users import add
from facegate.state.verify import tail
from facegate_addons.domain.job import Job, JobState


@pytest.fixture(autouse=True)
def people(database: Database, ledger: ChainedLedger) -> None:
    for name, role in (("eve", "reviewer"), ("Acme", "admin"), ("olaf", "operator")):
        add(database, ledger, name, role, "x" * 12)


def test_an_untargeted_job_is_active_at_once_a_targeted_one_waits(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    assert jobs.register(database, ledger, Job("crawl", "acme", "p"))[0].state is JobState.ACTIVE
    assert jobs.register(database, ledger, targeted())[0].state is JobState.PENDING


def test_the_token_is_kept_nowhere(home: Home, database: Database, ledger: ChainedLedger) -> None:
    _, token = jobs.register(database, ledger, Job("crawl", "acme", "p"))
    ledger.flush(5)
    assert len(token) >= 43
    for path in home.path.rglob("*"):
        assert path.is_dir() or token.encode() not in path.read_bytes()


def test_a_registered_id_is_taken_for_good(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    jobs.register(database, ledger, targeted())
    jobs.revoke(database, ledger, "case")
    with pytest.raises(ConfigError, match=r"registered already.*another id"):
        jobs.register(database, ledger, targeted())
    with pytest.raises(ConfigError, match="built in"):
        jobs.register(database, ledger, Job("untargeted", "acme", "p"))


@pytest.mark.parametrize(
    ("user", "message"),
    [("acme", "another person"), ("olaf", "reviewer or an admin"), ("nobody", "facegate user add nobody")],
)
def test_who_may_not_approve(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job], user: str, message: str
) -> None:
    jobs.register(database, ledger, targeted(operator="ACME"))
    with pytest.raises(ConfigError, match=message):
        jobs.approve(database, ledger, "case", user)
    assert jobs.show(database, "case").job.state is JobState.PENDING


def test_only_a_pending_targeted_job_in_time_can_be_approved(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    jobs.register(database, ledger, targeted())
    jobs.approve(database, ledger, "case", "EVE")
    assert jobs.show(database, "case").approver == "eve"
    with pytest.raises(ConfigError, match="is active"):
        jobs.approve(database, ledger, "case", "eve")
    jobs.register(database, ledger, Job("crawl", "acme", "p"))
    with pytest.raises(ConfigError, match="without an approval"):
        jobs.approve(database, ledger, "crawl", "eve")
    jobs.register(database, ledger, targeted("late", days=-1))
    with pytest.raises(ConfigError, match="has expired"):
        jobs.approve(database, ledger, "late", "eve")
    with pytest.raises(ConfigError, match="facegate job list"):
        jobs.approve(database, ledger, "ghost", "eve")


def test_revoked_is_for_good(database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]) -> None:
    jobs.register(database, ledger, targeted())
    jobs.revoke(database, ledger, "case")
    for verb in (
        lambda: jobs.revoke(database, ledger, "case"),
        lambda: jobs.rotate_token(database, ledger, "case"),
        lambda: jobs.approve(database, ledger, "case", "eve"),
    ):
        with pytest.raises(ConfigError, match="revoked"):
            verb()


def test_each_change_is_a_ledger_line_with_what_was_decided_on(
    home: Home, database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    jobs.register(database, ledger, targeted())
    jobs.approve(database, ledger, "case", "eve")
    jobs.rotate_token(database, ledger, "case")
    jobs.revoke(database, ledger, "case")
    lines = tail(home.ledger, 4)
    assert [line["event"] for line in lines] == ["job-registered", "job-approved", "job-token-replaced", "job-revoked"]
    assert len({line["fingerprint"] for line in lines}) == 1
    assert lines[0]["scope"]["hosts"] == ["news.example"]
    assert lines[1]["user"] == "eve"


def test_what_the_ledger_cannot_take_does_not_happen(
    home: Home, database: Database, targeted: Callable[..., Job]
) -> None:
    broken = ChainedLedger(home.ledger, "broken")
    broken._file.close()  # every write fails from here on
    broken._file._file = -1
    with pytest.raises(StateError, match="nothing was changed"):
        jobs.register(database, broken, targeted())
    broken.close()
    assert jobs.list_jobs(database) == ([], [])


def test_a_damaged_row_is_listed_as_such(
    database: Database, ledger: ChainedLedger, targeted: Callable[..., Job]
) -> None:
    jobs.register(database, ledger, targeted())
    jobs.register(database, ledger, Job("crawl", "acme", "p"))
    database.write_now(lambda c: c.execute("DROP TRIGGER jobs_frozen").rowcount)
    database.write_now(lambda c: c.execute("UPDATE jobs SET operator = 'x' WHERE id = 'case'").rowcount)
    found, damaged = jobs.list_jobs(database)
    assert [entry.job.id for entry in found] == ["crawl"]
    assert "altered" in damaged[0]
    jobs.revoke(database, ledger, "case")
