import struct

import pyarrow as pa
import pytest
from facegate_addons.inspection.records.flatbuffers import Table

# root at 12: a vtable of two fields at 4; field 0 is a byte, field 1 a long
DATA = struct.pack("<I", 12) + struct.pack("<HHHH", 8, 16, 4, 8) + struct.pack("<iB3xq", 8, 7, -5)


def test_fields_are_read_by_number() -> None:
    table = Table.root(DATA)
    assert (table.byte(0), table.long(1), table.byte(2)) == (7, -5, 0)
    assert table.table(5) is None
    assert table.structs(5, "<q") == []


def test_a_real_message() -> None:
    batch = pa.record_batch({"a": [1, 2, 3]})
    buffer = batch.serialize().to_pybytes()
    message = Table.root(buffer[8:])
    content = message.table(2)
    assert message.byte(1) == 3
    assert content is not None
    assert content.long(0) == 3
    assert [length for _, length in content.structs(2, "<qq")] == [0, 24]


@pytest.mark.parametrize("size", range(len(DATA)))
def test_what_stands_outside_is_refused(size: int) -> None:
    with pytest.raises(struct.error):
        Table.root(DATA[:size]).long(1)


def test_a_vector_longer_than_all_there_is() -> None:
    data = (
        struct.pack("<I", 12) + struct.pack("<HHHH", 6, 8, 4, 0) + struct.pack("<iI", 8, 4) + struct.pack("<I", 1 << 30)
    )
    with pytest.raises(struct.error):
        Table.root(data).structs(0, "<q")
