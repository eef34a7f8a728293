import io
import lzma
import random
import tarfile
from collections.abc import Callable

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

from tests.inspection.conftest import Blind

Look = Callable[..., Verdict]

FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
NOISE = random.Random(2).randbytes(3_000)
CLEAR = Clear("tar")
BROKEN = Unreadable(Reason.UNDECODABLE, "tar")


def tar(*members: tuple[str, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def changed(body: bytes, at: int, field: bytes, header: int = 0) -> bytes:
    """With other bytes in a header, and its checksum right."""
    out = bytearray(body)
    out[header + at : header + at + len(field)] = field
    out[header + 148 : header + 156] = b" " * 8
    out[header + 148 : header + 156] = b"%06o\0 " % sum(out[header : header + 512])
    return bytes(out)


@pytest.mark.parametrize("form", FORMATS)
def test_members(form: int, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    long = "a/" * 70 + "name-ä.txt"
    words = ("words.txt", b"words and words\n" * 99)
    assert look(tar(words, ("a.jpg", plain_jpeg), ("empty", b""), (long, b"text"), form=form)) == CLEAR
    assert isinstance(look(tar(words, (long, face_jpeg), words, form=form)), Faces)
    assert look(tar(words, ("data", NOISE), words, form=form)) == Unreadable(Reason.UNKNOWN_TYPE)


def test_the_oldest_format(look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(changed(tar(("a", face_jpeg)), 257, bytes(8))), Faces)
    assert look(changed(tar(("a", plain_jpeg)), 257, bytes(8))) == CLEAR


def test_checksums_of_all_lengths(look: Look) -> None:
    body = tar(("a", b"text"))
    total = int(body[148:154], 8)
    for field in (b"%06o\0 ", b"%07o\0", b"%08o", b" %06o\0", b"%o\0"):
        assert look(body[:148] + (field % total).ljust(8) + body[156:]) == CLEAR


def test_inside_streams_and_each_other(look: Look, face_jpeg: bytes) -> None:
    body = face_jpeg
    for _ in range(3):
        body = lzma.compress(tar(("a", b"text"), ("b", body)))
    assert isinstance(look(body), Faces)
    for _ in range(2):
        body = tar(("b", body))
    assert look(body) == Unreadable(Reason.LIMIT_DEPTH)


def test_folders_and_links(look: Look) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, kind in enumerate((tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(f"name{number}")
            info.type, info.linkname = kind, "a target"
            archive.addfile(info)
    assert look(out.getvalue()) == CLEAR


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"4", b"5", b"6"])
def test_what_has_no_data_has_none(kind: bytes, look: Look) -> None:
    """Some readers pass over the data, others take them for the next header."""
    hidden = tar(("hidden", b"text"))
    assert look(changed(tar(("a", hidden)), 156, kind)) == BROKEN


def test_folders_by_name_have_none(look: Look) -> None:
    assert look(changed(tar(("a", b"text")), 0, b"a/")) == BROKEN


def test_behind_the_end(look: Look, face_jpeg: bytes) -> None:
    body = tar(("a", b"text"))
    assert look(body + bytes(5_000)) == CLEAR
    assert isinstance(look(body + tar(("b", face_jpeg))), Faces)
    assert isinstance(look(body + face_jpeg), Faces)
    assert look(body + NOISE) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(body[:1024]) == CLEAR  # no end at all


def test_between_the_members(look: Look) -> None:
    body = bytearray(tar(("a", b"text"), ("b", b"text")))
    body[600:900] = NOISE[:300]
    assert look(bytes(body)) == CLEAR  # nothing known in what a tape left there


def test_a_lone_block_of_zeros_hides_nothing(look: Look, face_jpeg: bytes) -> None:
    body = tar(("a", b"text"))[:1024] + bytes(512) + tar(("b", face_jpeg))
    assert isinstance(look(body), Faces)


def test_lying_sizes(look: Look) -> None:
    body = tar(("a", b"text" * 200), ("b", b"text"))
    assert look(changed(body, 124, b"00000000010\0")) == BROKEN  # data where a header has to be
    assert look(changed(body, 124, b"77777777777\0")) == BROKEN
    assert look(changed(body, 124, b"0000000144x\0")) == BROKEN
    assert look(changed(body, 124, b"\x80" + bytes(9) + b"\x03\x20")) == CLEAR
    assert look(changed(body, 124, b"\xff" * 12)) == BROKEN
    assert look(body[:700]) == BROKEN


def pax(record: bytes, body: bytes) -> bytes:
    head = changed(tar(("pax", record)), 156, b"x")
    return head[: 512 + len(record) + -len(record) % 512] + body


def test_sizes_that_pax_overrides(look: Look, face_jpeg: bytes) -> None:
    assert look(pax(b"10 size=4\n", tar(("a", b"text")))) == CLEAR
    assert look(pax(b"10 size=0\n", tar(("a", tar(("b", b"text")))))) == BROKEN
    assert look(pax(b"99 size=0\n", tar(("a", b"text")))) == BROKEN
    comment = b" comment=" + face_jpeg + b"\n"
    assert isinstance(look(pax(b"%d%b" % (len(comment) + 5, comment), tar(("a", b"text")))), Faces)


def test_attributes_are_somebodys(look: Look) -> None:
    record = b"999 SCHILY.xattr.user.a=" + NOISE[:974] + b"\n"
    assert look(pax(record, tar(("a", b"text")))) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(pax(b"30 SCHILY.xattr.user.a=" + NOISE[:6] + b"\n", tar(("a", b"text")))) == CLEAR


def test_sparse_files_and_volumes(look: Look) -> None:
    refused = Unreadable(Reason.UNSUPPORTED_TYPE, "sparse file")
    assert look(pax(b"22 GNU.sparse.major=1\n", tar(("a", b"text")))) == refused
    for kind in (b"S", b"M", b"V"):
        assert look(changed(tar(("a", b"text")), 156, kind)) == refused


def test_unknown_entries_are_files(look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(changed(tar(("a", face_jpeg)), 156, b"Z")), Faces)


def test_too_many(blind: Blind) -> None:
    few, spent = Limits(members=50), Unreadable(Reason.LIMIT_MEMBERS)
    assert inspect(Payload(tar(*[("a", b"text")] * 60)), blind, few) == spent
    assert inspect(Payload(tar(*[("a", b"")] * 60)), blind, few) == CLEAR
    assert inspect(Payload(tar(*[("a", b"")] * 600)), blind, few) == spent


def test_bombs(blind: Blind) -> None:
    body = lzma.compress(tar(("a", bytes(5 << 20))))
    assert inspect(Payload(body), blind, Limits(decoded=4 << 20)) == Unreadable(Reason.LIMIT_DECODED)
