"""Every second case through a live gateway, each on one of the ways; `make evasion` takes all of them on all ways."""

import pytest
from evasion.listed import EVERY
from evasion.matrix import WAYS, Matrix
from evasion.walked import face
from live.authority import Authority
from live.gateways import Gateway


@pytest.mark.live
@pytest.mark.timeout(300)
def test_no_case_gets_past_on_any_way(tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    config = f'[policy]\nfaces = "drop"\nunreadable = "drop"\n[egress]\ntrusted_ca = "{authority.pem}"\n'
    cases = [case for case in EVERY if not case.residual][::2]
    chosen = [(case, WAYS[at % len(WAYS)]) for at, case in enumerate(cases)]
    with (
        Gateway(tmp_path_factory.mktemp("gateway") / "home", config, console=False) as gateway,
        Matrix(gateway, authority, face()) as m,
    ):
        outcomes = list(m.runs(chosen))
    assert len(outcomes) == len(chosen) > 250
    assert {outcome.way for outcome in outcomes} == set(WAYS)
    assert [(outcome.case.id, outcome.way) for outcome in outcomes if outcome.past] == []
    # by inspection, by the codings or as a piece of something, not because something else went wrong
    assert {outcome.reason for outcome in outcomes if outcome.status != 451} <= {"partial-content"}
