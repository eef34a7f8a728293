import pytest
from facegate_addons.domain.model import Clear, Faces, Finding, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.verdicts.memory import ENTRY, SHARE, Memory, size_of

FACES = Faces((Finding((0, 0, 9, 9), 0.9),), b"x" * 1_000)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_asked_for_longest_ago_goes_first():
    memory = Memory(2, 1 << 20, 60)
    memory.put(b"a", Clear("a"))
    memory.put(b"b", Clear("b"))
    assert memory.get(b"a") == Clear("a")
    memory.put(b"c", Clear("c"))
    assert [memory.get(name) for name in (b"a", b"b", b"c")] == [Clear("a"), None, Clear("c")]
    assert len(memory) == 2


@pytest.mark.parametrize("verdict", [FACES, Unreadable(Reason.UNDECODABLE, "d" * 5_000)])
def test_bytes_are_bounded(verdict):
    room = size_of(verdict) * SHARE
    memory = Memory(10_000, room, 60)
    for number in range(3 * SHARE):
        memory.put(b"%d" % number, verdict)
        assert memory.size <= room
    assert len(memory) == SHARE
    assert memory.get(b"%d" % (3 * SHARE - 1)) == verdict


def test_what_would_push_out_too_much_is_not_kept():
    memory = Memory(100, SHARE * ENTRY, 60)
    memory.put(b"small", Clear("jpeg"))
    memory.put(b"large", FACES)
    assert memory.get(b"large") is None
    assert memory.get(b"small") == Clear("jpeg")
    memory.put(b"small", FACES)  # what it was is not true any more
    assert memory.get(b"small") is None
    assert (len(memory), memory.size) == (0, 0)


def test_it_is_forgotten_in_time_however_often_it_is_asked_for():
    clock = Clock()
    memory = Memory(10, 1 << 20, 60, clock)
    memory.put(b"a", Clear("a"))
    clock.now = 59.9
    assert memory.get(b"a") == Clear("a")
    clock.now = 60.0
    assert memory.get(b"a") is None
    assert (len(memory), memory.size) == (0, 0)


def test_what_was_known_elsewhere_is_forgotten_when_it_would_be_there():
    clock = Clock()
    memory = Memory(10, 1 << 20, 60, clock)
    memory.put(b"a", Clear("a"), 5)
    memory.put(b"b", Clear("b"), 500)
    clock.now = 5.0
    assert (memory.get(b"a"), memory.get(b"b")) == (None, Clear("b"))
    clock.now = 60.0
    assert memory.get(b"b") is None


def test_the_later_verdict_stands():
    memory = Memory(10, 1 << 20, 60)
    memory.put(b"a", Clear("a"))
    memory.put(b"a", FACES)
    assert memory.get(b"a") == FACES
    assert memory.size == size_of(FACES)
