import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.parts import Part, Piece
from facegate_addons.inspection.records.tree import DEEP, Tree

type Value = float | str | bytes | list["Value"] | dict[str, "Value"]


def pieces(*values: Value) -> list[Piece]:
    tree = Tree(Budget(Limits()))
    found: list[Piece] = []

    def put(value: Value) -> None:
        if isinstance(value, list):
            found.extend(tree.begin(len(value)))
            for inner in value:
                put(inner)
        elif isinstance(value, dict):
            found.extend(tree.begin(2 * len(value), pairs=True))
            for key, inner in value.items():
                put(key)
                put(inner)
        elif isinstance(value, str | bytes):
            found.extend(tree.value(value))
        else:
            found.extend(tree.number(value))

    for value in values:
        put(value)
    return found + list(tree.close())


def test_texts_go_together_and_records_of_numbers_pass() -> None:
    rows: list[Value] = [{"id": row, "at": [1, 2], "name": "a"} for row in range(500)]
    (piece,) = pieces(rows)
    assert isinstance(piece, Part)
    assert piece.data.count(b"name") == 500


@pytest.mark.parametrize(
    "value",
    [
        [[7] * 256],
        [[7] * 16] * 16,
        [[[1, 2, 3]] * 100],
        [{"row": [1] * 64}] * 64,
        {str(key): 7 for key in range(300)},
        [0.5] * 300,
    ],
)
def test_numbers_that_may_be_pixels(value: Value) -> None:
    assert any(isinstance(piece, Unread) for piece in pieces(value))


def test_so_many_values_at_the_top_are_a_list() -> None:
    assert any(isinstance(piece, Unread) for piece in pieces(*[1] * 300))


def test_bytes_written_as_numbers_are_looked_at() -> None:
    data = bytes(range(256)) * 2
    assert Part(data, "numbers") in pieces([list(data)])


def test_what_is_no_tree() -> None:
    tree = Tree(Budget(Limits()))
    with pytest.raises(ValueError, match="no end"):
        list(tree.end())
    list(tree.begin(2))
    with pytest.raises(ValueError, match="cut off"):
        list(tree.close())
    tree = Tree(Budget(Limits()))
    for _ in range(DEEP):
        list(tree.begin(1))
    with pytest.raises(ValueError, match="too deep"):
        list(tree.begin(1))
