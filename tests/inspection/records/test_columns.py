import pyarrow as pa
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Spent, Unread
from facegate_addons.inspection.parts import Note, Part, Piece
from facegate_addons.inspection.records.columns import Columns
from facegate_addons.inspection.records.leaves import Leaves

BLOB = bytes(range(256)) * 2
PICTURE = b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0" + bytes(range(256)) * 4


def pieces(*arrays: pa.Array) -> list[Piece]:
    budget = Budget(Limits())
    columns = Columns(Leaves(budget), budget)
    found = [piece for index, array in enumerate(arrays) for piece in columns.array(array, str(index))]
    return found + list(columns.close())


@pytest.mark.parametrize(
    "array",
    [
        pa.array([BLOB, None]),
        pa.array([BLOB], pa.large_binary()),
        pa.array([BLOB], pa.binary(512)),
        pa.array([BLOB], pa.binary_view()),
        pa.array([[BLOB], None, []]),
        pa.array([[[BLOB]]]),
        pa.array([{"a": BLOB, "b": 1}, None]),
        pa.array([[("key", BLOB)]], pa.map_(pa.string(), pa.binary())),
        pa.array([BLOB, BLOB, b"a"]).dictionary_encode(),
        pa.array([[{"a": [BLOB]}]]),
    ],
)
def test_bytes_are_reached_wherever_they_are(array: pa.Array) -> None:
    assert Part(BLOB, "value") in pieces(array)


def test_texts_go_together() -> None:
    (piece,) = pieces(pa.array(["one", "two"]), pa.array([["three"]]))
    assert isinstance(piece, Part)
    assert piece.data == b"\none\ntwo\nthree"


def test_numbers_pass_and_pictures_in_them_do_not() -> None:
    assert pieces(pa.array(range(1000)), pa.array([1.5] * 100), pa.array([True, None])) == []
    padded = PICTURE + bytes(-len(PICTURE) % 8)
    for kind in (pa.uint8(), pa.int64()):
        array = pa.Array.from_buffers(kind, len(padded) * 8 // kind.bit_width, [None, pa.py_buffer(padded)])
        (note,) = pieces(array)
        assert isinstance(note, Note)
        assert PICTURE in note.data


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[7] * 256], pa.list_(pa.uint8())),
        pa.array([[0.5] * 256], pa.list_(pa.float32(), 256)),
        pa.array([[[1, 2, 3]] * 100]),
        pa.array([[1] * 64] * 64),
        pa.array([[[0.5] * 16] * 16], pa.list_(pa.list_(pa.float32(), 16), 16)),
    ],
)
def test_lists_of_many_numbers_may_be_pixels(array: pa.Array) -> None:
    assert any(isinstance(piece, Unread) for piece in pieces(array))


@pytest.mark.parametrize(
    "array", [pa.array([[1, 2], None, []] * 5_000), pa.array([[0.5] * 100]), pa.array([[]], pa.list_(pa.int8()))]
)
def test_short_lists_pass(array: pa.Array) -> None:
    assert pieces(array) == []


def test_what_stands_under_an_empty_value_is_noted() -> None:
    offsets = pa.array([0, 0, 3], pa.int32())
    array = pa.Array.from_buffers(pa.binary(), 2, [None, offsets.buffers()[1], pa.py_buffer(b"abc" + PICTURE)])
    assert Note(b"abc" + PICTURE, "unused values") in pieces(array)


def test_a_list_of_nothing_takes_no_memory() -> None:
    offsets = pa.array([0, (1 << 31) - 1], pa.int32())
    array = pa.ListArray.from_arrays(offsets, pa.nulls((1 << 31) - 1))
    with pytest.raises(Spent):
        pieces(array)
