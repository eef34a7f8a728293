import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.audio.mp3 import frame

Look = Callable[..., Verdict]
Sound = Callable[..., bytes]


def test_sound_is_clear(look: Look, sound: Sound) -> None:
    assert look(sound("mp3", "libmp3lame")) == Clear("mp3")
    assert look(sound("mp2", "mp2")) == Clear("mp3")
    assert look(sound("mp3", "libmp3lame") + b"TAG" + b"a title".ljust(125, b"\0")) == Clear("mp3")


def test_a_picture_behind_a_tag(look: Look, sound: Sound, face_jpeg: bytes) -> None:
    empty = b"ID3\3\0\0\0\0\0\x0a" + bytes(10)
    assert isinstance(look(empty + face_jpeg), Faces)
    assert isinstance(look(empty + os.urandom(900)), Unreadable)
    whole = sound("mp3", "libmp3lame")
    assert isinstance(look(whole + face_jpeg), Faces)
    assert isinstance(look(whole + os.urandom(900)), Unreadable)
    first = frame(b"\xff\xfb\x90\x00", 0)
    assert isinstance(look(b"\xff\xfb\x90\x00" + face_jpeg[: first - 4] + face_jpeg), Faces)
    assert isinstance(look(b"\xff\xfb\x90\x00" + os.urandom(9_000)), Unreadable)


def test_ape_covers(look: Look, sound: Sound, face_jpeg: bytes) -> None:
    def ape(value: bytes, flags: int) -> bytes:
        item = struct.pack("<II", len(value), flags) + b"Cover Art (Front)\0" + value
        head = b"APETAGEX" + struct.pack("<IIII8x", 2_000, len(item) + 32, 1, 0xA000_0000)
        return head + item + b"APETAGEX" + struct.pack("<IIII8x", 2_000, len(item) + 32, 1, 0x8000_0000)

    whole = sound("mp3", "libmp3lame")
    assert look(whole + ape(b"an artist", 0)) == Clear("mp3")
    assert isinstance(look(whole + ape(b"cover.jpg\0" + face_jpeg, 2)), Faces)
    assert isinstance(look(whole + ape(b"cover.jpg\0" + os.urandom(900), 2)), Unreadable)


def test_frames() -> None:
    assert frame(b"\xff\xfb\x90\x00", 0) == 417
    assert frame(b"\xff\xfb\x92\x00", 0) == 418
    assert frame(b"\xff\xe3\x90\x00", 0) == 72 * 80_000 // 11_025
    assert frame(b"\xff\xfb\x00\x00", 0) == frame(b"\xff\xfb\xf0\x00", 0) == frame(b"RIFF", 0) == 0
