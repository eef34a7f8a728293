from datetime import timedelta

from facegate.jobs.desk import Desk
from facegate.reports.known import accumulation_facts, false_positives, job_facts, record_facts
from facegate.reports.lines import Asked
from facegate.state.database import Database
from facegate.thresholds import Thresholds
from reports.conftest import DAY, Golden


def test_of_records_by_time_and_job(golden: Golden, database: Database) -> None:
    assert false_positives(database) == {"record-0"}
    for asked, count in (
        (Asked(), 3),
        (Asked("broad"), 3),
        (Asked("case"), 0),
        (Asked(since=DAY + timedelta(days=1)), 0),
        (Asked(until=DAY), 0),
    ):
        facts = record_facts(database, asked)
        assert sum(row["n"] for row in facts["first_seen"]) == count
        assert facts["corrections"] == {"made": 0, "revoked": 0, "in_force": 0}
        assert facts["releases"] == {}
    assert record_facts(database, Asked("case"))["open_now"] == {"records": 0, "oldest": None}
    assert record_facts(database, Asked())["bytes_kept_now"] == 3


def test_a_job_that_was_altered_stops_no_report(golden: Golden, database: Database, desk: Desk) -> None:
    def alter(connection: object) -> None:
        connection.execute("UPDATE jobs SET operator = 'somebody else' WHERE id = 'case'")  # type: ignore[attr-defined]

    database.write_now(alter)
    facts = job_facts(database, Asked())
    assert (facts["told"], len(facts["altered"])) == ([], 1)
    assert "case" in facts["altered"][0]


def test_an_operator_without_an_approved_job_adds_up_to_nothing(golden: Golden, database: Database) -> None:
    facts = accumulation_facts(database, Asked(), Thresholds())
    (standing,) = facts["operators"]
    assert (standing["operator"], standing["totals"]["subjects"], facts["window_days"]) == ("acme", 1, 90)
    assert accumulation_facts(database, Asked("untargeted"), Thresholds())["operators"] == []
