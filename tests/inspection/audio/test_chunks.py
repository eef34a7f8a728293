import os
import struct
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
Sound = Callable[..., bytes]


def chunk(name: bytes, body: bytes, order: str = "<") -> bytes:
    return name + struct.pack(order + "I", len(body)) + body + b"\0" * (len(body) % 2)


def wav(*more: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + chunk(b"fmt ", bytes(16)) + chunk(b"data", b"\1\2" * 400) + b"".join(more))


def aiff(*more: bytes) -> bytes:
    body = b"AIFF" + chunk(b"COMM", bytes(18), ">") + chunk(b"SSND", b"\1\2" * 400, ">")
    return chunk(b"FORM", body + b"".join(more), ">")


def test_sound_is_clear(look: Look, sound: Sound) -> None:
    assert look(sound("wav", "pcm_s16le")) == Clear("wav")
    assert look(sound("aiff", "pcm_s16be")) == Clear("aiff")
    assert look(wav(chunk(b"LIST", b"INFOIART\5\0\0\0Nobody"))) == Clear("wav")


def test_tags_and_unknown_chunks(look: Look, face_jpeg: bytes) -> None:
    frame = b"APIC" + (len(face_jpeg) + 14).to_bytes(4, "big") + b"\0\0" + b"\0image/jpeg\0\3\0" + face_jpeg
    size = len(frame)
    tag = b"ID3\3\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + frame
    assert isinstance(look(wav(chunk(b"id3 ", tag))), Faces)
    assert isinstance(look(aiff(chunk(b"ID3 ", tag, ">"))), Faces)
    for name in (b"JUNK", b"mine", b"LIST", b"data"):
        assert isinstance(look(wav(chunk(name, face_jpeg))), Faces)
        assert isinstance(look(wav(chunk(name, os.urandom(9_000)))), Unreadable)


def test_behind_the_end(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(wav() + face_jpeg), Faces)
    assert isinstance(look(wav() + os.urandom(900)), Unreadable)
    assert isinstance(look(aiff(chunk(b"mine", b"x" * 900, ">")[:-9])), Unreadable)
