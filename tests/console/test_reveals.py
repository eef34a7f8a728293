from facegate.console import reveals as module
from facegate.console.reveals import SECONDS, Reveals
from facegate.console.sessions import Sessions
from facegate_addons.domain.preview import Shown


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def sessions():
    book = Sessions(900, 9_000)
    return book, book.open("rita", "reviewer", "seal")[1], book.open("ada", "admin", "seal")[1]


SHOWN = (Shown("", (9, 9), (), b"first pixels"), Shown("page 2", (9, 9), (), b"second pixels"))


def test_a_picture_is_given_once_to_whom_it_is_for():
    _, rita, ada = sessions()
    reveals = Reveals()
    kept = reveals.keep(rita, "record-1", SHOWN)
    first, second = (it.token for it in kept.pictures)
    assert all(it.shown.image == b"" for it in kept.pictures)
    assert reveals.take(ada, "record-1", first) is None
    assert reveals.take(rita, "record-2", first) is None
    assert reveals.take(rita, "record-1", "another") is None
    assert reveals.take(rita, "record-1", first) == b"first pixels"
    assert reveals.take(rita, "record-1", first) is None
    assert reveals.take(rita, "record-1", second) == b"second pixels"


def test_a_page_finds_its_look_once():
    _, rita, ada = sessions()
    reveals = Reveals()
    kept = reveals.keep(rita, "record-1", SHOWN)
    assert reveals.find(ada, "record-1", kept.key) is None
    assert reveals.find(rita, "record-2", kept.key) is None
    assert reveals.find(rita, "record-1", kept.key) == kept
    assert reveals.find(rita, "record-1", kept.key) is None


def test_its_time_is_short_and_ends_with_the_session():
    book, rita, ada = sessions()
    clock = Clock()
    reveals = Reveals(clock)
    kept, other = reveals.keep(rita, "record-1", SHOWN), reveals.keep(ada, "record-1", SHOWN)
    book.end(ada)
    assert reveals.take(ada, "record-1", other.pictures[0].token) is None
    clock.now = SECONDS
    assert reveals.take(rita, "record-1", kept.pictures[0].token) is None
    assert reveals.find(rita, "record-1", kept.key) is None
    assert not reveals._waiting
    assert not reveals._looks


def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "HELD", 30)
    _, rita, _ = sessions()
    reveals = Reveals()
    kept = [reveals.keep(rita, "record-1", SHOWN[:1]) for _ in range(3)]
    got = [reveals.take(rita, "record-1", it.pictures[0].token) for it in kept]
    assert got == [None, b"first pixels", b"first pixels"]


def test_tokens_reach_no_log():
    _, rita, _ = sessions()
    kept = Reveals().keep(rita, "record-1", SHOWN)
    assert kept.key not in repr(kept)
    assert kept.pictures[0].token not in repr(kept)
