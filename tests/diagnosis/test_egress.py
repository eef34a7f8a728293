import socket

from facegate.diagnosis import egress
from facegate.diagnosis.finding import State


def test_what_is_reached_is_a_problem_and_what_is_not_is_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (reached,) = egress.look([("127.0.0.1", port)])
    (refused,) = egress.look([("127.0.0.1", port)])
    assert (reached.state, refused.state) == (State.PROBLEM, State.OK)
    assert "nftables" in reached.do


def test_nothing_is_tried_that_was_not_named() -> None:
    (found,) = egress.look([])
    assert found.state is State.NOTE
    assert "--bypass" in found.do
