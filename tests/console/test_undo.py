from facegate.console import undo as module
from facegate.console.sessions import Sessions
from facegate.console.undo import SECONDS, Undo
from facegate.quarantine.work import Decided

ONE, TWO = Decided("record-1", "confirmed", "open", 7), Decided("record-2", "confirmed", "open", 9)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_last_comes_first_and_what_was_done_at_once_together():
    book = Sessions(900, 9_000)
    rita, ada = book.open("rita", "reviewer", "seal")[1], book.open("ada", "admin", "seal")[1]
    undo = Undo()
    assert undo.take(rita) == ()
    undo.remember(rita, [ONE])
    undo.remember(rita, [])
    undo.remember(rita, [ONE, TWO])
    assert undo.take(ada) == ()
    assert undo.take(rita) == (ONE, TWO)
    assert undo.take(rita) == (ONE,)
    assert undo.take(rita) == ()


def test_it_is_for_a_few_minutes():
    rita = Sessions(900, 9_000).open("rita", "reviewer", "seal")[1]
    clock = Clock()
    undo = Undo(clock)
    undo.remember(rita, [ONE])
    clock.now = SECONDS - 1
    undo.remember(rita, [TWO])
    clock.now = SECONDS + 1
    assert undo.take(rita) == (TWO,)
    assert undo.take(rita) == ()


def test_nothing_is_remembered_of_who_left(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    book = Sessions(900, 9_000)
    rita, ada = book.open("rita", "reviewer", "seal")[1], book.open("ada", "admin", "seal")[1]
    undo = Undo()
    undo.remember(ada, [ONE])
    book.end(ada)
    for _ in range(3):
        undo.remember(rita, [ONE])
    assert list(undo._of) == [rita]
    assert len(undo._of[rita]) == 2
