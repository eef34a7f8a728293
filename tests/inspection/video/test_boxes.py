from facegate_addons.inspection.video.boxes import boxes, descend
from hypothesis import given
from hypothesis import strategies as st
from inspection.video.conftest import box


def names(data: bytes) -> list[bytes]:
    return [found.name for found in boxes(data)]


def test_one_after_another() -> None:
    data = box(b"ftyp", b"isom") + box(b"free") + box(b"mdat", b"123")
    found = list(boxes(data))
    assert [b.name for b in found] == [b"ftyp", b"free", b"mdat"]
    assert [b.of(data) for b in found] == [b"isom", b"", b"123"]
    assert found[-1].end == len(data)


def test_long_and_open_sizes() -> None:
    data = b"\0\0\0\1mdat" + (20).to_bytes(8, "big") + b"1234" + b"\0\0\0\0mdat" + b"to the end"
    assert [b.of(data) for b in boxes(data)] == [b"1234", b"to the end"]


def test_sizes_that_are_none_end_it() -> None:
    assert names(box(b"free") + b"\0\0\0\7mdat" + bytes(20)) == [b"free"]
    assert names(b"\0\0\0\1mdat" + (15).to_bytes(8, "big")) == []
    assert names(b"\0\0\0\1mdat\0\0") == []
    (cut,) = boxes(b"\0\0\1\0mdat123")
    assert not cut.whole
    assert cut.end == 11


def test_inside() -> None:
    data = box(b"moov", box(b"trak", box(b"tkhd")) + box(b"mvhd"))
    assert [b.name for b in descend(data, next(boxes(data)))] == [b"moov", b"trak", b"tkhd", b"mvhd"]


def test_deep_nesting_ends() -> None:
    data = b""
    for _ in range(3000):
        data = box(b"moov", data)
    assert sum(1 for b in boxes(data) for _ in descend(data, b)) < 20


@given(st.binary(max_size=200))
def test_ends_on_any_bytes(data: bytes) -> None:
    last = 0
    for found in boxes(data):
        assert last <= found.start < found.body <= found.end <= len(data)
        last = found.end
        list(descend(data, found))
