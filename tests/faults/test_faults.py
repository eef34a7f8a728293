"""Faults inside a running gateway: call sites raise under traffic, some hang, some are killed there.

All kinds at all call sites: `make faults`.
"""

from collections.abc import Iterator

import pytest
from faults.case import Matrix
from faults.kinds import Kind
from faults.launched import launched
from faults.run import as_json, face, merged, nobody, page, rows, summary
from faults.sites import NUMBERS, SITES, Site

HUNG = ("hook quarantine", "vault: put")
KILLED = ("worker: detector",)
COSTLY = [site.name for site in SITES if site.worker and site.name != "worker: walk"]  # each failure costs a worker
LONG = ("vault: orphans",)  # looked for every half minute
HOOKS = [site.name for site in SITES if site.name.startswith("hook ")]  # live/test_rows_hooks.py has them all
HERE = [site for site in SITES if site.name not in (*COSTLY, *LONG, *HOOKS)]


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    with launched(tmp_path_factory.mktemp("faults") / "run", face(), nobody()) as it:
        matrix = Matrix(it, sparing=True)
        yield matrix
        matrix.end()


@pytest.mark.parametrize("site", HERE, ids=lambda site: site.name)
def test_a_failure_is_contained_and_told(matrix: Matrix, site: Site) -> None:
    assert matrix.run(site, Kind.EXCEPTION).problems == []


@pytest.mark.parametrize(
    ("name", "kind"), [*((name, Kind.HANG) for name in HUNG), *((name, Kind.KILL) for name in KILLED)]
)
def test_so_is_what_hangs_or_is_killed(matrix: Matrix, name: str, kind: Kind) -> None:
    assert matrix.run(SITES[NUMBERS[name] - 1], kind).problems == []


def test_each_site_has_a_number_and_a_name_of_its_own() -> None:
    assert len(NUMBERS) == len(SITES) < 256
    assert len({site.target + site.process for site in SITES}) == len(SITES)


def test_a_fault_that_goes_unnoticed_is_a_problem(matrix: Matrix) -> None:
    """Of a call site that nobody comes by."""
    result = matrix.run(Site("nowhere", "", SITES[0].where, SITES[0].hits), Kind.EXCEPTION, reached=0.1)
    assert result.problems[0] == "not within 0.1 s: the call site was reached"
    assert rows([as_json(result)])[0][:3] == ("nowhere", "exception", "as ever")
    assert summary([as_json(result)]) == "1 faults at 1 call sites (1 exception): 1 not as they should be."


def test_what_was_found_last_counts() -> None:
    facts = {"site": "pool", "fault": "hang", "told": ["metric x", "log"], "problems": []}
    found = merged([facts | {"outcome": "all wait"}, facts | {"outcome": "all are refused"}])
    assert [it["outcome"] for it in found] == ["all are refused"]
    (row,) = (line for line in page(found).splitlines() if line.startswith("| pool |"))
    assert row == "| pool |  |  | all are refused |  |  |  |  |  |  |  | log, x |"
