import base64
import os
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.audio.flac import picture
from facegate_addons.inspection.budget import Unread

Look = Callable[..., Verdict]
Sound = Callable[..., bytes]


def block(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def cover(data: bytes) -> bytes:
    head = (3).to_bytes(4, "big") + (10).to_bytes(4, "big") + b"image/jpeg" + bytes(4) + bytes(16)
    return head + len(data).to_bytes(4, "big") + data


def with_block(whole: bytes, extra: bytes) -> bytes:
    """Behind the stream info, the first block."""
    return whole[:42] + extra + whole[42:]


def test_sound_is_clear(look: Look, sound: Sound, plain_jpeg: bytes) -> None:
    whole = sound("flac", "flac")
    assert look(whole) == Clear("flac")
    assert look(with_block(whole, block(6, cover(plain_jpeg)))) == Clear("flac")


def test_covers(look: Look, sound: Sound, face_jpeg: bytes) -> None:
    whole = sound("flac", "flac")
    assert isinstance(look(with_block(whole, block(6, cover(face_jpeg)))), Faces)
    assert isinstance(look(with_block(whole, block(6, cover(os.urandom(900))))), Unreadable)
    comment = b"METADATA_BLOCK_PICTURE=" + base64.b64encode(cover(face_jpeg))
    assert isinstance(look(with_block(whole, block(4, comment))), Faces)
    for kind in (1, 2, 99):
        assert isinstance(look(with_block(whole, block(kind, face_jpeg))), Faces)
        assert isinstance(look(with_block(whole, block(kind, os.urandom(900)))), Unreadable)
    with pytest.raises(Unread):
        picture(cover(b"x") + b"y")


def test_what_is_no_sound(look: Look, sound: Sound, face_jpeg: bytes) -> None:
    whole = sound("flac", "flac")
    assert isinstance(look(whole + face_jpeg), Faces)
    assert isinstance(look(whole + os.urandom(600 << 10)), Unreadable)
    head = whole[:4] + b"\x80" + whole[5:42]
    assert isinstance(look(head + face_jpeg), Faces)
    assert isinstance(look(head + os.urandom(9_000)), Unreadable)
    assert isinstance(look(whole[:30]), Unreadable)
