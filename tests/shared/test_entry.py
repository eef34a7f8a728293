import pytest
from facegate.errors import StateError
from facegate.shared.entry import Place, Seal, close, open_

BEGIN = Place("epoch", 7, "head")
DONE = [
    ("INSERT INTO t VALUES (?, ?, ?, ?, ?)", ("text \u2028 ü", b"\0\xff", None, 1 << 53, 0.1)),
    ("DELETE FROM t", ()),
]


@pytest.fixture
def seal() -> Seal:
    return Seal(b"a secret of all nodes")


def test_what_was_closed_is_opened_at_its_place(seal: Seal) -> None:
    sealed = close(seal, BEGIN, 12, DONE)
    assert open_(seal, BEGIN, 12, sealed) == [(sql, list(values)) for sql, values in DONE]
    assert b"INSERT" not in sealed


@pytest.mark.parametrize("place", [Place("other", 7, "head"), Place("epoch", 8, "head"), Place("epoch", 7, "another")])
def test_nowhere_else(seal: Seal, place: Place) -> None:
    with pytest.raises(StateError, match="not written with this"):
        open_(seal, place, 12, close(seal, BEGIN, 12, DONE))


def test_nor_under_another_key_nor_altered(seal: Seal) -> None:
    sealed = close(seal, BEGIN, 12, DONE)
    for other in (close(Seal(b"another"), BEGIN, 12, DONE), sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"short"):
        with pytest.raises(StateError, match="not written with this"):
            open_(seal, BEGIN, 12, other)


def test_another_schema_is_told(seal: Seal) -> None:
    with pytest.raises(StateError, match=r"schema 12, this one has 13.*same version"):
        open_(seal, BEGIN, 13, close(seal, BEGIN, 12, DONE))


def test_what_has_no_form_is_refused(seal: Seal) -> None:
    with pytest.raises(StateError, match="a list cannot be shared"):
        close(seal, BEGIN, 12, [("INSERT INTO t VALUES (?)", ([1],))])


def test_a_head_stands_for_all_before_it() -> None:
    one, two = BEGIN.after(b"x"), BEGIN.after(b"y")
    assert one.position == two.position == 8
    assert one.head != two.head
    assert one.after(b"z").head != two.after(b"z").head
