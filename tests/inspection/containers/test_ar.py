import io
import lzma
import random
import tarfile
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]

NOISE = random.Random(8).randbytes(3_001)
CLEAR = Clear("ar")
BROKEN = Unreadable(Reason.UNDECODABLE, "ar")


def ar(*members: tuple[bytes, bytes], size: bytes = b"") -> bytes:
    out = b"!<arch>\n"
    for name, data in members:
        stated = size or b"%d" % len(data)
        out += b"%-16b%-12d%-6d%-6d%-8o%-10b`\n" % (name, 0, 0, 0, 0o644, stated) + data + b"\n" * (len(data) % 2)
    return out


def test_members(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(ar((b"a.o/", b"text!"), (b"b/", face_jpeg))), Faces)
    assert look(ar((b"a/", b"text!"), (b"b/", plain_jpeg), (b"c/", b""))) == CLEAR
    assert look(ar((b"a/", b"text!"), (b"b/", NOISE))) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(ar()) == CLEAR


def test_names_and_symbols(look: Look, face_jpeg: bytes) -> None:
    assert look(ar((b"/", NOISE), (b"//", b"a long name.o/\n"), (b"/0", b"text"))) == CLEAR
    assert isinstance(look(ar((b"#1/12", b"a long name\0" + face_jpeg))), Faces)
    assert look(ar((b"#1/20", b"__.SYMDEF SORTED\0\0\0\0" + NOISE))) == CLEAR
    assert isinstance(look(ar((b"/", face_jpeg))), Faces)


def test_a_debian_package(look: Look, face_jpeg: bytes) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("./usr/share/icon.jpg")
        info.size = len(face_jpeg)
        archive.addfile(info, io.BytesIO(face_jpeg))
    members = (b"debian-binary", b"2.0\n"), (b"data.tar.xz", lzma.compress(out.getvalue()))
    assert isinstance(look(ar(*members)), Faces)


def test_truncated_and_behind(look: Look, face_jpeg: bytes) -> None:
    assert look(ar((b"a/", b"text!"))[:-4]) == BROKEN
    assert look(ar((b"a/", b"text"), size=b"99999")) == BROKEN
    assert look(ar((b"a/", b"text"), size=b"-60")) == BROKEN
    assert isinstance(look(ar((b"a/", b"text")) + face_jpeg), Faces)
    assert look(ar((b"a/", b"text")) + NOISE) == Unreadable(Reason.UNKNOWN_TYPE)


@pytest.mark.parametrize("shown", [b"!<thin>\n" + bytes(99)])
def test_thin_archives_hold_nothing_that_could_be_named(shown: bytes, look: Look) -> None:
    assert isinstance(look(shown), Unreadable)


def test_nested_too_deep(look: Look, face_jpeg: bytes) -> None:
    body = face_jpeg
    for _ in range(9):
        body = ar((b"a/", body))
    assert look(body) == Unreadable(Reason.LIMIT_DEPTH)
