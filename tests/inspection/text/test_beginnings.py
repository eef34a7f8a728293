import random
from collections.abc import Callable

import pytest
from facegate_addons.inspection.text.beginnings import begins
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_pictures_after_decoys(kind: str, face_as: Callable[..., bytes]) -> None:
    decoys = b"\xff\xd8\xff\xe0\x00\x05abc" * 50
    assert begins(decoys + face_as(kind, (64, 64))) == len(decoys)


def test_archives() -> None:
    assert begins(b"words" + b"PK\x03\x04\x14\0" + bytes(30)) == 5
    assert begins(b"words and \xff\xd8\xff\xe0 more") == -1
    assert begins(bytes(random.Random(1).choices((0, 0xFF, 0xD8, 0xE0, 0xC4), k=300))) >= -1


@given(st.binary(max_size=300))
def test_never_raises(data: bytes) -> None:
    assert begins(b"\xff\xd8\xff" + data) >= -1
