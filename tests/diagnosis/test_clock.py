from datetime import UTC, datetime, timedelta

from facegate import ca
from facegate.diagnosis import clock
from facegate.diagnosis.finding import State
from facegate.state.home import Home


def test_a_clock_behind_what_was_written_is_a_problem(home: Home) -> None:
    (nothing,) = clock.look(home)
    assert nothing.state is State.OK
    ca.prepare(home.ca)
    (now,) = clock.look(home)
    (behind,) = clock.look(home, datetime.now(UTC) - timedelta(days=2))
    assert (now.state, behind.state) == (State.OK, State.PROBLEM)
    assert "facegate-" in behind.says
    assert "NTP" in behind.do
