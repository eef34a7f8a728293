import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Spent, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.records.leaves import BATCH, LISTED, NUMBERS, OWN_TEXT, SHORT, TOGETHER, Leaves


def pieces(*values: bytes | str) -> list[Piece]:
    leaves = Leaves(Budget(Limits()))
    return [piece for value in values for piece in leaves.add(value)] + list(leaves.close())


BINARY = bytes(range(200, 256)) + b"\0\1\2\3"


def test_short_texts_go_together() -> None:
    (piece,) = pieces("one", b"two", "", "drei: ß")
    assert piece == Part("\none\ntwo\ndrei: ß".encode(), "values", "text/plain; charset=utf-8")
    assert len(pieces(*["words " * 100] * (2 * BATCH // 600))) in (2, 3)


def test_what_may_be_something_by_itself_stays_by_itself() -> None:
    drawing = b"<!-- -->" * 30 + b"<svg></svg>"
    long = b"words" * OWN_TEXT
    assert pieces(drawing, long, b"GIF89a\0", BINARY * 2) == [
        Part(data, "value") for data in (drawing, long, b"GIF89a\0", BINARY * 2)
    ]


def test_short_bytes_have_to_be_named_together() -> None:
    few, many = TOGETHER // len(BINARY) - 1, TOGETHER // len(BINARY) + 1
    assert len(BINARY) < SHORT
    assert pieces(*[BINARY] * few) == [Note(BINARY * few, "short values")]
    assert pieces(*[BINARY] * many) == [Part(BINARY * many, "short values")]


def test_lists_of_numbers() -> None:
    leaves = Leaves(Budget(Limits()))
    assert list(leaves.numbers(NUMBERS - 1)) == []
    unread, part = leaves.numbers(NUMBERS, bytes([7]) * NUMBERS)
    assert isinstance(unread, Unread)
    assert unread.why is Reason.UNSUPPORTED_TYPE
    assert part == Part(bytes([7]) * NUMBERS, "numbers")
    assert len(list(leaves.numbers(NUMBERS))) == 1
    # rows of one picture
    leaves = Leaves(Budget(Limits()))
    assert any(list(leaves.numbers(64)) for _ in range(LISTED // 64))
    # positions
    leaves = Leaves(Budget(Limits()))
    assert not any(list(leaves.numbers(2)) for _ in range(LISTED))


def test_values_cost() -> None:
    leaves = Leaves(Budget(Limits(decoded=100)))
    with pytest.raises(Spent):
        list(leaves.add(b"x" * 101))


def test_a_value_that_comes_again_is_looked_at_once() -> None:
    assert len(pieces(*[BINARY * 2] * 10)) == 1
