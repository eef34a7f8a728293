import base64
import os
import zlib
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.audio.id3 import length

Look = Callable[..., Verdict]


def syncsafe(value: int) -> bytes:
    return bytes(value >> shift & 127 for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes, version: int = 3, marks: int = 0) -> bytes:
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = syncsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return name + size + bytes([0, marks]) + body


def tag(*frames: bytes, version: int = 3, flags: int = 0, padding: bytes = bytes(20)) -> bytes:
    body = b"".join(frames) + padding
    return b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body


def cover(picture: bytes) -> bytes:
    return b"\0image/jpeg\0\3front\0" + picture


def test_length() -> None:
    assert length(tag(), 0) == len(tag())
    assert length(b"ID", 0) == length(b"words and words", 0) == 0


@pytest.mark.parametrize("version", [3, 4])
def test_covers(version: int, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    title = frame(b"TIT2", b"\3A song", version)
    assert look(tag(title, frame(b"APIC", cover(plain_jpeg), version), version=version)) == Clear("mp3")
    assert isinstance(look(tag(title, frame(b"APIC", cover(face_jpeg), version), version=version)), Faces)
    wide = b"\1image/jpeg\0\3" + "front".encode("utf-16") + b"\0\0" + face_jpeg
    assert isinstance(look(tag(frame(b"APIC", wide, version), version=version)), Faces)
    assert isinstance(look(tag(frame(b"APIC", cover(os.urandom(900)), version), version=version)), Unreadable)


def test_old_and_packed_covers(look: Look, face_jpeg: bytes) -> None:
    old = frame(b"PIC", b"\0JPG\3front\0" + face_jpeg, 2)
    assert isinstance(look(tag(old, version=2)), Faces)
    packed = len(face_jpeg).to_bytes(4, "big") + zlib.compress(cover(face_jpeg))
    assert isinstance(look(tag(frame(b"APIC", packed, 3, 0x80))), Faces)
    unsynchronised = frame(b"APIC", cover(face_jpeg)).replace(b"\xff", b"\xff\0")
    assert isinstance(look(tag(unsynchronised, flags=0x80)), Faces)
    assert look(tag(frame(b"APIC", cover(b"a secret"), 3, 0x40))) == Unreadable(Reason.ENCRYPTED, "id3")


def test_objects_texts_and_padding(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(tag(frame(b"GEOB", b"\0image/jpeg\0a.jpg\0said\0" + face_jpeg))), Faces)
    text = b"\1" + base64.b64encode(face_jpeg).decode().encode("utf-16")
    assert isinstance(look(tag(frame(b"COMM", text))), Faces)
    assert isinstance(look(tag(frame(b"MINE", face_jpeg))), Faces)
    assert isinstance(look(tag(frame(b"MINE", os.urandom(900)))), Unreadable)
    assert isinstance(look(tag(padding=bytes(9) + face_jpeg)), Faces)
    assert isinstance(look(tag(padding=bytes(9) + os.urandom(900))), Unreadable)
