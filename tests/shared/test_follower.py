import time
from collections.abc import Callable

import pytest
from facegate.errors import StateError
from facegate.shared.follower import Follower
from facegate.shared.link import Away
from live.processes import eventually

PATIENCE = 30.0


class Wire:
    """A log that says what the test says. The real one is in test_opened."""

    def __init__(self) -> None:
        self.news: list[tuple[int, bool]] = []
        self.away = False
        self.closed = False

    def wait(self, after: int, seconds: float) -> list[tuple[int, bool]]:
        time.sleep(0.01)
        if self.away:
            raise Away("nobody answers")
        return [each for each in self.news if each[0] > after]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def followed() -> Callable[..., tuple[Follower, Wire, list[int]]]:
    wire, caught = Wire(), [0]
    follower = Follower(wire, lambda: caught[-1], lambda: caught.append(max([0, *(n for n, _ in wire.news)])))
    yield follower, wire, caught
    follower.stop()
    assert wire.closed


def test_news_of_others_are_fetched_at_once(followed: tuple[Follower, Wire, list[int]]) -> None:
    follower, wire, caught = followed
    assert not follower.current
    follower.start()
    eventually(lambda: follower.current, PATIENCE, "it is heard")
    wire.news.append((1, True))
    eventually(lambda: caught[-1] == 1, PATIENCE, "it is fetched")
    assert follower.why == ""
    eventually(lambda: follower.following.behind == 0, PATIENCE, "it is here")
    assert follower.following.connected
    assert follower.following.heard < PATIENCE


def test_whoever_is_not_heard_is_not_believed_and_comes_back(followed: tuple[Follower, Wire, list[int]]) -> None:
    follower, wire, _ = followed
    follower.start()
    eventually(lambda: follower.current, PATIENCE, "it is heard")
    wire.away = True
    eventually(lambda: follower.why == "nobody answers", PATIENCE, "it is told")
    wire.away = False
    eventually(lambda: follower.current, PATIENCE, "it is back")


def test_what_cannot_be_fetched_is_not_current(followed: tuple[Follower, Wire, list[int]]) -> None:
    _, wire, _ = followed

    def fails() -> None:
        raise StateError("another past")

    follower = Follower(wire, lambda: 0, fails)
    follower.start()
    eventually(lambda: follower.why == "another past", PATIENCE, "it is told")
    assert not follower.following.connected
    assert not follower.current
    follower.stop()


def test_what_is_known_of_and_not_here_is_behind(followed: tuple[Follower, Wire, list[int]]) -> None:
    _, wire, _ = followed
    held = [False]

    def waits() -> None:
        if held[0]:
            raise StateError("not now")

    follower = Follower(wire, lambda: 0, waits)
    follower.start()
    eventually(lambda: follower.current, PATIENCE, "it is heard")
    held[0] = True
    wire.news += [(1, True), (2, True)]
    eventually(lambda: follower.following.behind == 2, PATIENCE, "it is known")
    follower.stop()
