from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from facegate.errors import NotFound
from facegate.reports.facts import report_facts
from facegate.reports.lines import Asked
from reports.conftest import DAY, EVE, Golden, exchange, withheld

SINCE, UNTIL = datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)


def facts_of(golden: Golden, job: str | None = None) -> dict[str, Any]:
    return report_facts(golden.sources, Asked(job, SINCE, UNTIL), now=UNTIL)


def test_every_figure_of_a_small_home(golden: Golden) -> None:
    facts = facts_of(golden)
    traffic = facts["traffic"]
    assert (traffic["exchanges"], traffic["bytes"], traffic["passed_bytes"]) == (19, 1707, 1400)
    assert traffic["outcomes"] == {
        "passed": 10, "corrected": 1, "in-scope": 1, "released": 1, "observed": 1, "redacted": 1, "faces": 2,
        "unreadable": 1, "refused": 1,
    }  # fmt: skip
    assert facts["period"]["step"] == "day"
    assert [(row["at"], row["passed"], row["faces"], row["unreadable"]) for row in traffic["over_time"]] == [
        ("2026-03-01", 10, 1, 0),
        ("2026-03-02", 0, 1, 1),
        ("2026-03-04", 0, 0, 0),
    ]
    assert facts["decisions"][0] == {"reason": "clear", "outcome": "passed", "count": 10}
    assert sum(row["count"] for row in facts["decisions"]) == 19
    assert traffic["jobs"]["most"] == [("broad", 17), ("case", 2)]
    assert traffic["withheld_hosts"]["most"] == [("news.example", 3)]
    assert [row["exchanges"] for row in facts["versions"]] == [18, 1]
    assert {topic: told["count"] for topic, told in facts["people"].items()} == {
        "releases": 1, "overrides": 1, "looks": 1, "purges": 1,
    }  # fmt: skip
    assert (facts["people"]["releases"]["told"][0]["user"], facts["events"]["policy"]["count"]) == ("eve", 1)
    assert facts["records"]["open_now"]["records"] == 2
    assert {row["state"]: row["n"] for row in facts["records"]["first_seen"]} == {"open": 2, "false-positive": 1}
    assert (facts["ledger"]["ok"], facts["ledger"]["checkpoint"]) == (True, None)
    assert [row["kind"] for row in facts["jobs"]["counts"]] == ["individual", "untargeted"]
    (job,) = facts["jobs"]["told"]
    assert (job["id"], job["versions"][0]["decider"], job["versions"][0]["job"]["scope"]["reference"]) == (
        "case", "eve", "order 12",
    )  # fmt: skip


def test_the_measured_miss_rate(golden: Golden) -> None:
    rate = facts_of(golden)["miss_rate"]
    (stratum,) = rate["strata"]
    assert stratum == {
        "rate": 0.1, "passed": 10, "drawn": 3, "dropped": 0, "waiting": 1, "undecided": 0, "reviewed": 2, "faces": 1,
        "found": 3, "false_positives": 1,
    }  # fmt: skip
    found = rate["estimate"]  # one of two of ten: five missed, beside the two that were found
    assert (found["missed"], found["found"], found["miss_rate"]) == (5, 2, pytest.approx(5 / 7, abs=1e-6))
    assert facts_of(golden, "case")["miss_rate"]["estimate"] is None


def test_of_one_job_nothing_of_another_is_told(golden: Golden) -> None:
    facts = facts_of(golden, "case")
    assert facts["traffic"]["exchanges"] == 2
    assert facts["traffic"]["outcomes"]["in-scope"] == 1
    assert facts["records"]["first_seen"] == []
    assert facts["people"]["releases"]["count"] == 0
    assert (facts["people"]["purges"]["count"], facts["events"]["policy"]["count"]) == (1, 1)  # they are everybody's
    assert [it["operator"] for it in facts["accumulation"]["operators"]] == ["acme"]
    with pytest.raises(NotFound, match="no job 'nobody'"):
        facts_of(golden, "nobody")
    assert facts_of(golden, "untargeted")["traffic"]["exchanges"] == 0


def test_the_same_home_gives_the_same_facts(golden: Golden) -> None:
    one, other = facts_of(golden), facts_of(golden)
    for facts in (one, other):
        del facts["accumulation"]["at"]  # when that was looked at
    assert one == other


def test_what_is_not_known_is_said(empty: Golden) -> None:
    told = " ".join(facts_of(empty)["unknown"])
    assert "was not measured" in told
    assert "never came through" in told
    empty.write(*[withheld(job=f"j{n}", url=f"https://h{n}.example/") for n in range(9_000)])
    empty.write(
        exchange(reason="faces", observed="drop"), {"event": "ledger-dropped", "at": DAY.isoformat(), "lines": 9}
    )
    path = empty.sources.home.ledger / "cli.jsonl"
    path.write_bytes(path.read_bytes().replace(b"h1.example", b"hx.example", 1))
    facts = facts_of(empty)
    told = " ".join(facts["unknown"])
    for text in ("not whole", "1 lines could not be read", "many hosts", "The disk was away", "observe mode"):
        assert text in told
    assert (facts["ledger"]["ok"], facts["traffic"]["exchanges"]) == (False, 9_000)


def test_the_ledger_begins_after_what_was_asked_for(empty: Golden) -> None:
    empty.write(exchange(0))
    facts = report_facts(empty.sources, Asked(since=DAY - timedelta(days=5), until=UNTIL))
    assert "of the time before it, nothing is known" in " ".join(facts["unknown"])
    assert EVE.name not in str(facts["jobs"])
