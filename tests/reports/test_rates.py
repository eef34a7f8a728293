import json

from facegate.reports.lines import Asked
from facegate.reports.rates import miss_rate
from facegate.reports.sampled import Population, Sampled
from facegate.state.database import Database
from reports.conftest import Golden


def test_figures_have_few_digits_so_that_machines_agree(golden: Golden, database: Database) -> None:
    sampled = Sampled(rates={0.1: Population(3_000_001, 7, 70_000, 3)})
    rate = miss_rate(database, Asked(), sampled)
    for value in rate["estimate"].values():
        for number in value.values() if isinstance(value, dict) else [value]:
            if isinstance(number, float):
                assert len(json.dumps(number).replace("e-05", "").replace("0.", "").strip("0")) <= 8
    (stratum,) = rate["strata"]
    assert (stratum["drawn"], stratum["dropped"], stratum["waiting"], stratum["reviewed"]) == (7, 4, 1, 2)


def test_what_was_found_while_nothing_was_reviewed_is_not_in_it(golden: Golden, database: Database) -> None:
    sampled = Sampled(rates={0.1: Population(10, 3, 5), 0.9: Population(10, 9, 1_000)})
    assert miss_rate(database, Asked(), sampled)["estimate"]["found"] == 5


def test_a_sample_whose_line_is_gone_still_counts(golden: Golden, database: Database) -> None:
    (stratum,) = miss_rate(database, Asked(), Sampled())["strata"]
    assert (stratum["passed"], stratum["drawn"], stratum["reviewed"]) == (0, 3, 2)
