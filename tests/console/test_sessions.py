import pytest
from facegate.console.sessions import GRACE, MESSAGES, OF_ONE, ROTATED, SESSIONS, Sessions

IDLE, LONGEST = 1800.0, 36_000.0


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(IDLE, LONGEST, clock)


def test_only_the_id_finds_it_and_it_is_not_kept(sessions: Sessions) -> None:
    text, session = sessions.open("rita", "reviewer", "seal")
    assert len(text) >= 43
    assert sessions.find(text) is session
    assert sessions.find(text[:-1]) is None
    assert sessions.find("") is None
    assert text not in repr(vars(sessions))
    assert session.csrf not in repr(session)


def test_it_ends_without_activity(sessions: Sessions, clock: Clock) -> None:
    text, session = sessions.open("rita", "reviewer", "seal")
    for _ in range(3):
        clock.now += IDLE - 1
        assert sessions.find(text) is session
    clock.now += IDLE
    assert not sessions.alive(session)
    assert sessions.find(text) is None
    assert session.ended


def test_a_page_that_only_listens_is_no_activity(sessions: Sessions, clock: Clock) -> None:
    text, _ = sessions.open("rita", "reviewer", "seal")
    for _ in range(2):
        clock.now += IDLE / 2
        found = sessions.find(text, active=False)
    assert found is None


def test_it_ends_at_last_whatever_is_done(sessions: Sessions, clock: Clock) -> None:
    text, _ = sessions.open("rita", "reviewer", "seal")
    end = clock.now + LONGEST
    while clock.now + IDLE / 2 < end:
        clock.now += IDLE / 2
        assert sessions.find(text) is not None
    clock.now = end
    assert sessions.find(text) is None


def test_its_id_changes_and_the_former_one_counts_for_a_moment(sessions: Sessions, clock: Clock) -> None:
    first, session = sessions.open("rita", "reviewer", "seal")
    assert sessions.rotate(first) is None
    clock.now += ROTATED
    second = sessions.rotate(first)
    assert second is not None
    assert sessions.find(first) is sessions.find(second) is session
    assert sessions.rotate(first) is None  # what was under way brings no further id
    clock.now += GRACE
    assert sessions.find(first) is None
    assert sessions.find(second) is session
    third = sessions.rotate(second, now=True)
    assert third is not None
    assert sessions.find(third) is session


def test_of_one_person_and_of_all_there_are_not_too_many(sessions: Sessions, clock: Clock) -> None:
    texts = [sessions.open("rita", "reviewer", "seal")[0] for _ in range(OF_ONE + 2)]
    assert [sessions.find(text) is not None for text in texts] == [False] * 2 + [True] * OF_ONE
    for number in range(SESSIONS):
        sessions.open(f"user {number}", "operator", "seal")
    assert all(sessions.find(text) is None for text in texts)
    assert len(sessions._sessions) == SESSIONS


def test_all_of_one_person_end_but_this_one(sessions: Sessions) -> None:
    mine, others = sessions.open("rita", "reviewer", "s"), sessions.open("rita", "reviewer", "s")
    hers = sessions.open("ada", "admin", "s")
    sessions.rotate(others[0], now=True)
    sessions.end_all("rita", but=mine[1])
    assert (mine[1].ended, others[1].ended, hers[1].ended) == (False, True, False)
    assert sessions._former == {}
    sessions.end(mine[1])
    sessions.end(mine[1])
    assert sessions.find(mine[0]) is None


def test_messages_are_told_once_and_are_few(sessions: Sessions) -> None:
    _, session = sessions.open("rita", "reviewer", "seal")
    for number in range(MESSAGES + 1):
        sessions.tell(session, f"{number} " + "x" * 5_000)
    told = sessions.told(session)
    assert [text[0] for text in told] == ["1", "2", "3", "4", "5"]
    assert max(map(len, told)) == 1_000
    assert sessions.told(session) == []
