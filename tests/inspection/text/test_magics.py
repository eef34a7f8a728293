import base64

import pytest
from facegate_addons.inspection.text import magics

REST = bytes(range(40))


@pytest.mark.parametrize("head", magics.HEADS)
def test_what_follows_changes_nothing(head: bytes) -> None:
    for rest in (REST, bytes(40), b"\xff" * 40):
        assert base64.b64encode(head + rest).startswith(magics.IN_BASE64)
        assert base64.urlsafe_b64encode(head + rest).startswith(magics.IN_BASE64)
        assert base64.b32encode(head + rest).startswith(magics.IN_BASE32)
        assert (head + rest).hex().encode().startswith(magics.IN_HEX)
        assert base64.b64encode(head + rest)[::-1].endswith(magics.BACKWARDS)
    assert all(len(written) >= 4 for written in (*magics.IN_BASE64, *magics.IN_BASE32, *magics.IN_HEX))


@pytest.mark.parametrize("size", [8, 28, 32, 255])
def test_a_box_is_known_by_its_type(size: int) -> None:
    written = base64.b64encode(bytes([0, 0, 0, size]) + b"ftypavif" + REST)
    assert written.find(magics.FTYP_IN_BASE64) == magics.FTYP_AT
