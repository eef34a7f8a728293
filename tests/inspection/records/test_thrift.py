import pytest
from facegate_addons.inspection.records.thrift import Reader
from hypothesis import given
from hypothesis import strategies as st

# 1: i32 = 5, 2: "abc", 3: list of two i32, 4: {1: true, 2: i64 = -1}, 5: map of one i32 to "x", 6: 1.5, 20: i16 = 7
STRUCT = (
    b"\x15\x0a" b"\x18\x03abc" b"\x19\x25\x02\x04" b"\x1c\x11\x16\x01\x00" b"\x1b\x01\x58\x02\x01x"
    b"\x17" + bytes(8) + b"\x04\x28\x0e\x00"
)  # fmt: skip


def test_a_structure_is_read_to_its_end() -> None:
    reader = Reader(STRUCT + b"rest")
    assert reader.struct() == {1: 5, 20: 7}
    assert reader.binaries == [b"abc", b"x"]
    assert reader.at == len(STRUCT)


@pytest.mark.parametrize("size", range(len(STRUCT)))
def test_a_cut_one_is_none(size: int) -> None:
    with pytest.raises(ValueError, match=r"deep|more than|cut off|no integer|no such"):
        Reader(STRUCT[:size]).struct()


@pytest.mark.parametrize(
    "data",
    [
        b"\x1c" * 1_000,  # structures without end
        b"\x19" * 1_000,
        b"\x19\xf5\xff\xff\xff\xff\x0f",  # a list longer than all there is
        b"\x18\xff\xff\xff\xff\x0f",
        b"\x1d\x00",
        b"\x15" + b"\xff" * 20,
    ],
)
def test_hostile_ones_end(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"deep|more than|cut off|no integer|no such"):
        Reader(data).struct()


@given(st.binary(max_size=300))
def test_garbage_is_read_or_refused(data: bytes) -> None:
    try:
        Reader(data).struct()
    except ValueError:
        return
