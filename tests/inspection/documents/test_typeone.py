import os
from collections.abc import Callable

from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from fontTools.misc.eexec import encrypt

Look = Callable[..., Verdict]


def pfb(secret: bytes) -> bytes:
    body, _ = encrypt(b"abcd" + secret, 55_665)
    text = b"%!PS-AdobeFont-1.0: Test\ncurrentfile eexec\n"
    out = b""
    for kind, part in ((1, text), (2, body), (1, b"0" * 512 + b"\ncleartomark\n")):
        out += b"\x80" + bytes([kind]) + len(part).to_bytes(4, "little") + part
    return out + b"\x80\3"


def test_type_one(look: Look, face_jpeg: bytes) -> None:
    good = pfb(b"dup /Private 9 dict dup begin /CharStrings 1 dict end")
    assert look(good) == Clear("pfb")
    assert isinstance(look(pfb(b"dup /Private /CharStrings " + face_jpeg)), Faces)
    assert isinstance(look(pfb(os.urandom(400))), Unreadable)
    assert isinstance(look(good + face_jpeg), Faces)


def test_bare_outlines(look: Look) -> None:
    head = b"\1\0\4\1" + b"\0\1\1\1\5Test" + b"\0\1\1\1\3ab" + b"\0\0" + b"\0\0"
    assert look(head + bytes(99)) == Clear("cff")
    assert isinstance(look(head + os.urandom(9_000)), Unreadable)
