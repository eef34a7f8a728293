import threading
import time
from collections.abc import Callable

import pytest
from facegate.errors import StateError
from facegate.sections import State
from facegate.shared import log as module
from facegate.shared.entry import Place
from facegate.shared.link import Away
from facegate.shared.log import Log, facts
from facegate.shared.node import log_of
from facegate.state.home import Home
from live.redis_server import RedisServer

pytestmark = pytest.mark.redis
BEGIN = Place("epoch", 0, "")


@pytest.fixture
def two(shared_state: State, home_of: Callable[[str], Home]) -> tuple[Log, Log]:
    one, other = (log_of(home_of(name), shared_state)[0] for name in "ab")
    assert one.found("", BEGIN, '{"position": 0}')
    yield one, other
    one.close()
    other.close()


def test_entries_come_back_in_their_order(two: tuple[Log, Log]) -> None:
    one, other = two
    place = BEGIN
    for number in range(3):
        writer = two[number % 2]
        assert writer.take(place.position).place == place
        after = place.after(b"entry %d" % number)
        writer.append(place, after, b"entry %d" % number)
        place = after
    seen = other.read(1)
    assert seen.place == place
    assert seen.entries == [(2, b"entry 1"), (3, b"entry 2")]
    assert facts(seen.snapshot) == {"position": 0}
    assert one.wait(1, 0.1) == [(2, True), (3, False)]
    assert one.wait(3, 0.1) == []


def test_one_at_a_time_and_the_next_is_woken(two: tuple[Log, Log]) -> None:
    one, other = two
    one.take(0)
    got: list[float] = []
    waiting = threading.Thread(target=lambda: (other.take(0), got.append(time.monotonic())))
    waiting.start()
    waiting.join(0.2)
    assert not got
    left = time.monotonic()
    one.leave()
    waiting.join(20)
    assert got
    assert got[0] > left
    with pytest.raises(StateError, match="lost its turn"):
        one.append(BEGIN, BEGIN.after(b"x"), b"x")
    other.append(BEGIN, BEGIN.after(b"y"), b"y")


def test_a_turn_ends_with_whoever_died_in_it(two: tuple[Log, Log], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    monkeypatch.setattr(module, "TURN_SECONDS", 0.3)
    one.take(0)
    other.take(0)
    other.append(BEGIN, BEGIN.after(b"y"), b"y")
    with pytest.raises(StateError, match="lost its turn"):
        one.append(BEGIN, BEGIN.after(b"x"), b"x")
    assert one.read(0).entries == [(1, b"y")]


def test_nobody_waits_for_ever(two: tuple[Log, Log], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
    one.take(0)
    with pytest.raises(StateError, match="is busy"):
        other.take(0)


@pytest.mark.parametrize(
    "before", [Place("other", 0, ""), Place("epoch", 1, ""), Place("epoch", 0, "another past")], ids=str
)
def test_whoever_has_not_seen_all_cannot_append(two: tuple[Log, Log], before: Place) -> None:
    one, _ = two
    one.take(0)
    with pytest.raises(StateError, match="does not follow"):
        one.append(before, before.after(b"x"), b"x")
    assert not one.read(0).entries


def test_an_epoch_begins_in_the_place_of_one_that_was_seen(two: tuple[Log, Log]) -> None:
    one, other = two
    assert not other.found("", Place("mine", 0, ""), "")
    assert other.found("epoch", Place("mine", 0, ""), "")
    assert one.read(0).place == Place("mine", 0, "")


def test_a_snapshot_takes_its_entries_out_of_the_log(two: tuple[Log, Log]) -> None:
    one, other = two
    place = BEGIN
    for number in range(3):
        one.take(place.position)
        after = place.after(b"%d" % number)
        one.append(place, after, b"%d" % number)
        place = after
    assert not one.publish("epoch", "{}", '{"position": 2}', 2)
    assert one.publish("epoch", '{"position": 0}', '{"position": 2}', 2)
    assert other.read(0).entries == [(3, b"2")]
    assert other.read(3).place == place


def test_parts_of_a_snapshot(log: Log) -> None:
    log.store("name", 0, b"part")
    assert log.load("name", 0) == b"part"
    log.remove("name", 1)
    with pytest.raises(StateError, match="lost a part"):
        log.load("name", 0)


def test_who_is_not_there_is_asked_once_in_a_while(
    redis_server: str, shared_state: State, home_of: Callable[[str], Home], tmp_path: object
) -> None:
    with RedisServer(redis_server, tmp_path / "own") as server:  # type: ignore[operator]
        log, _ = log_of(home_of("a"), State(server.url, shared_state.key))
        assert log.read(0).place == Place("", 0, "")
        assert log.info()["redis_version"]
    with pytest.raises(Away, match="cannot be reached"):
        log.read(0)
    started = time.monotonic()
    with pytest.raises(Away):
        log.read(0)
    assert time.monotonic() - started < 0.1
    log.close()
