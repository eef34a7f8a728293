import gzip
import random
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason

Look = Callable[..., Verdict]
Entry = Callable[[bytes, bytes], bytes]

NOISE = random.Random(9).randbytes(3_001)
CLEAR = Clear("cpio")
BROKEN = Unreadable(Reason.UNDECODABLE, "cpio")


def newc(name: bytes, data: bytes, size: int | None = None) -> bytes:
    fields = [1, 0o100644, 0, 0, 1, 0, len(data) if size is None else size, 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def odc(name: bytes, data: bytes, size: int | None = None) -> bytes:
    head = b"070707" + b"%06o" % 0o100644 * 7 + b"%011o%06o" % (0, len(name) + 1)
    return head + b"%011o" % (len(data) if size is None else size) + name + b"\0" + data


@pytest.fixture(params=[newc, odc], ids=["newc", "odc"])
def entry(request: pytest.FixtureRequest) -> Entry:
    made: Entry = request.param
    return made


def cpio(entry: Entry, *members: bytes) -> bytes:
    return b"".join(entry(b"a name", data) for data in members) + entry(b"TRAILER!!!", b"")


def test_members(entry: Entry, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(cpio(entry, b"text!", face_jpeg)), Faces)
    assert isinstance(look(gzip.compress(cpio(entry, b"text!", face_jpeg))), Faces)
    assert look(cpio(entry, b"text!", plain_jpeg, b"")) == CLEAR
    assert look(cpio(entry, b"text!", NOISE)) == Unreadable(Reason.UNKNOWN_TYPE)


def test_behind_the_end(entry: Entry, look: Look, face_jpeg: bytes) -> None:
    body = cpio(entry, b"text!")
    assert look(body + bytes(512)) == CLEAR
    assert isinstance(look(body + cpio(entry, face_jpeg)), Faces)
    assert look(body + NOISE) == Unreadable(Reason.UNKNOWN_TYPE)


def test_truncated_and_lying(entry: Entry, look: Look) -> None:
    assert look(cpio(entry, b"text" * 99)[:-60]) == BROKEN
    assert look(cpio(entry, b"text" * 99)[:300]) == BROKEN
    assert look(entry(b"a", b"text" * 99) + entry(b"TRAILER!!!", b"text")) == BROKEN
    assert look(entry(b"a", b"text" * 99, 200) + entry(b"TRAILER!!!", b"")) == BROKEN
