import lzma

import numpy as np
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.containers.seven_zip_coders import undo


def test_what_is_left_over() -> None:
    assert undo(b"\0", b"", b"12345", 3, Budget(Limits())) == (b"123", b"45")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    packed = lzma.compress(b"words" * 99, lzma.FORMAT_RAW, filters=filters)
    assert undo(b"\x21", b"\x10", packed + b"more", 495, Budget(Limits())) == (b"words" * 99, b"more")


@pytest.mark.parametrize("step", [1, 3, 256])
def test_differences(step: int) -> None:
    data = bytes(np.random.default_rng(1).integers(0, 256, 1_000, np.uint8))
    written = bytes((byte - (data[at - step] if at >= step else 0)) % 256 for at, byte in enumerate(data))
    assert undo(b"\x03", bytes([step - 1]), written, 1_000, Budget(Limits())) == (data, b"")


def test_unknown_methods() -> None:
    with pytest.raises(Unread) as unread:
        undo(b"\x03\x04\x01", b"", b"", 0, Budget(Limits()))
    assert unread.value.why is Reason.UNSUPPORTED_TYPE
