import base64
import os
import zlib
from collections.abc import Callable

import brotli
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.budget import Budget, Spent
from facegate_addons.inspection.text.headless import unpacked

Look = Callable[..., Verdict]


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("pack", [deflated, brotli.compress])
@pytest.mark.parametrize("tail", [b"", b"x", b"cut"])
def test_a_face_is_found_and_coffee_passes(
    pack: Callable[[bytes], bytes],
    tail: bytes,
    look: Look,
    face_as: Callable[..., bytes],
    plain_as: Callable[..., bytes],
) -> None:
    def written(data: bytes) -> bytes:
        packed = pack(data)
        return b'{"p":"' + base64.b64encode(packed[:-20] if tail == b"cut" else packed + tail) + b'"}'

    small, large = face_as(size=(100, 100)), face_as("PNG", (200, 200))
    assert len(written(small)) < 8_000 < len(written(large))
    assert isinstance(look(written(small)), Faces)
    assert isinstance(look(written(large)), Faces)
    uri = b"<img src='data:image/jpeg;base64,%s'>"
    assert isinstance(look(written(uri % base64.b64encode(small))), Faces)
    plain = plain_as(size=(90, 60))
    assert isinstance(look(written(plain)), Clear)
    assert isinstance(look(written(uri % base64.b64encode(plain))), Clear)


def test_zlib_behind_a_head(look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]) -> None:
    for head in (b"\x82\xa1p\xc5\x0e\x4f", b"\x78\x9c\x78\x01"):
        assert isinstance(look(base64.b64encode(head + zlib.compress(face_as(size=(100, 100))))), Faces)
        assert isinstance(look(base64.b64encode(head + zlib.compress(plain_as(size=(90, 60))))), Clear)


@pytest.mark.parametrize("pack", [deflated, brotli.compress])
def test_whole_or_not(pack: Callable[[bytes], bytes]) -> None:
    text = b"".join(b"a line of text, and its number %d\n" % n for n in range(3_000))
    packed = pack(text)
    assert unpacked(packed, Budget(Limits())) == (text, True)
    some, whole = unpacked(packed + b"x", Budget(Limits()))
    assert (text.startswith(some[:4_000]), bool(some), whole) == (True, True, False)
    some, whole = unpacked(packed[:-100], Budget(Limits()))
    assert (text.startswith(some[:4_000]), bool(some), whole) == (True, True, False)


def test_a_bomb_ends_at_the_limit() -> None:
    bomb = deflated(b"words " * 1_000_000)
    with pytest.raises(Spent):
        unpacked(bomb, Budget(Limits(decoded=1 << 20)))


def test_other_bytes_are_neither() -> None:
    assert not any(unpacked(os.urandom(300), Budget(Limits()))[1] for _ in range(300))
    assert unpacked(b"", Budget(Limits())) == (b"", False)
