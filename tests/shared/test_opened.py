import subprocess
import sys

from facegate.sections import State
from facegate.shared.opened import open_state
from facegate.state.home import Home


def test_alone_it_is_the_database_and_nothing_else(home: Home) -> None:
    with open_state(home, State(), follow=True) as database:
        assert database.stale() == ""
        assert not database.closing
    assert not (home.path / "node").exists()


def test_who_shares_nothing_does_not_wait_for_redis_to_be_imported() -> None:
    asked = "import sys, facegate.commands.job, facegate.serve.gateway; print('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout.strip() == b"False"
