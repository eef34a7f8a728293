import base64
import os
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]
Sound = Callable[..., bytes]


def page(body: bytes, flags: int = 0, serial: int = 7) -> bytes:
    out = b""
    while True:
        piece, body = body[: 255 * 255], body[255 * 255 :]
        table = bytes([255] * (len(piece) // 255) + [len(piece) % 255] * (len(piece) % 255 > 0))
        out += b"OggS\0" + bytes([flags]) + bytes(8) + serial.to_bytes(4, "little") + bytes(8)
        out += bytes([len(table)]) + table + piece
        flags = 0
        if not body:
            return out


def test_sound_is_clear(look: Look, sound: Sound) -> None:
    assert look(sound("ogg", "libopus")) == Clear("ogg")


def test_a_cover_in_the_comments(look: Look, face_jpeg: bytes) -> None:
    head = (3).to_bytes(4, "big") + (10).to_bytes(4, "big") + b"image/jpeg" + bytes(20)
    comment = b"METADATA_BLOCK_PICTURE=" + base64.b64encode(head + len(face_jpeg).to_bytes(4, "big") + face_jpeg)
    whole = page(b"OpusHead" + bytes(11), 2) + page(b"OpusTags" + comment)
    assert isinstance(look(whole), Faces)


def test_what_is_no_sound(look: Look, sound: Sound, face_jpeg: bytes) -> None:
    whole = sound("ogg", "libopus")
    assert isinstance(look(whole + face_jpeg), Faces)
    assert isinstance(look(whole + os.urandom(900)), Unreadable)
    assert isinstance(look(whole[:-9]), Unreadable)
    assert isinstance(look(page(face_jpeg, 2)), Faces)
    assert isinstance(look(page(b"OpusHead", 2) + page(face_jpeg, 0, 8)), Faces)
    assert look(page(b"\x80theora" + bytes(99), 2)) == Unreadable(Reason.UNSUPPORTED_TYPE, "ogg")
