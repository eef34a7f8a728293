import pytest
from facegate.errors import Conflict
from facegate.quarantine.alone import alone
from facegate.state.home import Home


def test_one_at_a_time_and_then_the_next(home: Home) -> None:
    with (
        alone(home, "move"),
        alone(home, "rotation"),
        pytest.raises(Conflict, match="another move is under way"),
        alone(home, "move"),
    ):
        pass
    with alone(home, "move"):
        pass
