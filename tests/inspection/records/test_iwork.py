import os
import random
from collections.abc import Callable

import pyarrow as pa
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def iwa(*plain: bytes) -> bytes:
    chunks = [pa.compress(piece, codec="snappy", asbytes=True) for piece in plain]
    return b"".join(b"\0" + len(chunk).to_bytes(3, "little") + chunk for chunk in chunks)


def test_messages_are_clear(look: Look) -> None:
    words = " ".join(random.Random(1).choices("some words of a sheet".split(), k=9_000)).encode()  # noqa: SIM905
    assert look(iwa(b"\x0c\x08\xa1\x9a7\x12\x06" + words, b"\x08\x01" * 90)) == Clear("iwa")


def test_what_hides_in_them(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(iwa(b"\x08\1" * 90, b"before" + face_jpeg)), Faces)
    assert isinstance(look(iwa(face_jpeg[:5_000], face_jpeg[5_000:])), Faces)
    assert isinstance(look(iwa(os.urandom(12_000))), Unreadable)
    assert isinstance(look(iwa(b"\x08\1" * 900) + face_jpeg), Faces)
    assert isinstance(look(iwa(b"\x08\1" * 900)[:-1] + b"\xff" * 600), Unreadable)
    assert isinstance(look(b"\0\x03\0\0\xff\xff\xff" * 90), Unreadable)
