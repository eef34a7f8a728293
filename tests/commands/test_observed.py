from facegate.commands.observed import show
from facegate.reports.lines import Asked
from facegate.reports.observed import Observed


def test_lower_bounds_and_damage_are_told(capsys: object) -> None:
    """How the rest is printed is tested by `facegate report --observed`."""
    found = Observed(exchanges=2, withheld=1, damaged=3)
    found.hosts.missed = 7
    show(found, Asked(), 5, as_json=True)
    told = capsys.readouterr()  # type: ignore[attr-defined]
    assert '"missed": {"jobs": 0, "hosts": 7}' in told.out
    assert "up to 7 too low" in told.err
    assert "3 damaged lines" in told.err
