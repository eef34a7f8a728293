import dataclasses
import fcntl
import socket

from facegate.config import Config
from facegate.diagnosis import ports
from facegate.diagnosis.finding import State
from facegate.sections import Console, Listen
from facegate.state.home import Home


def test_free_taken_and_served(config: Config, home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Listen(port=other.getsockname()[1])
        settings = dataclasses.replace(config, listen=taken, console=Console(enabled=False))
        (found,) = ports.look(settings, home)
        assert found.state is State.PROBLEM
        assert "listen" in found.says
        with (home.run / "serve.lock").open("w") as lock:  # as `serve` holds it
            lock.write("4711")
            lock.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
            (found,) = ports.look(settings, home)
            assert (found.state, "4711" in found.says) == (State.OK, True)
    (found,) = ports.look(dataclasses.replace(settings, listen=Listen(port=0)), home)
    assert found.state is State.NOTE
