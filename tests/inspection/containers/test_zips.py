import io
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
import zstandard
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

from tests.inspection.conftest import Blind

Look = Callable[..., Verdict]

NOISE = random.Random(4).randbytes(3_000)
WORDS = b"words and words\n" * 99
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
CLEAR = Clear("zip")
BROKEN = Unreadable(Reason.UNDECODABLE, "zip")
UNKNOWN = Unreadable(Reason.UNKNOWN_TYPE)


class Unseekable(io.BytesIO):
    """Makes zipfile write the sizes behind the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError

    tell = seek  # type: ignore[assignment]  # both raise


def packed(
    *members: bytes, method: int = zipfile.ZIP_DEFLATED, out: io.BytesIO | None = None, wide: bool = False
) -> bytes:
    out = out or io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for number, data in enumerate(members):
            with archive.open(f"folder/{number}.txt", "w", force_zip64=wide) as member:
                member.write(data)
    return out.getvalue()


def written(
    data: bytes,
    raw: bytes | None = None,
    method: int = 0,
    flags: int = 0,
    *,
    name: bytes = b"name",
    extra: bytes = b"",
    comment: bytes = b"",
    before: bytes = b"",
    gap: bytes = b"",
    behind: bytes = b"",
    remark: bytes = b"",
    local: dict[str, int] | None = None,
) -> bytes:
    """One member, by hand: `local` is what its header says otherwise than the directory."""
    raw = data if raw is None else raw
    said = {"flags": flags, "method": method, "crc": zlib.crc32(data), "packed": len(raw), "size": len(data)}

    def fields(values: dict[str, int]) -> bytes:
        return struct.pack("<3H4x3L", 20, *(values[key] for key in ("flags", "method", "crc", "packed", "size")))

    head = b"PK\3\4" + fields(said | (local or {})) + struct.pack("<2H", len(name), len(extra)) + name + extra
    central = b"PK\1\2" + struct.pack("<H", 20) + fields(said)
    central += struct.pack("<5H2L", len(name), 0, len(comment), 0, 0, 0, len(before)) + name + comment
    begin = len(before) + len(head) + len(raw) + len(gap)
    end = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, len(central), begin, len(remark)) + remark
    return before + head + raw + gap + central + end + behind


@pytest.mark.parametrize("method", METHODS)
def test_methods(method: int, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(packed(b"words", face_jpeg, b"", method=method)), Faces)
    assert look(packed(b"words", plain_jpeg, b"", method=method)) == CLEAR
    assert look(packed(b"words", NOISE, method=method)) == UNKNOWN


def test_methods_that_python_does_not_write(look: Look, face_jpeg: bytes) -> None:
    zstd = zstandard.ZstdCompressor().compress
    for pack, method in ((zstd, 93), (zstd, 20), (lzma.compress, 95)):
        assert isinstance(look(written(face_jpeg, pack(face_jpeg), method)), Faces)
        assert look(written(b"words", pack(b"words"), method)) == CLEAR
    for method in (1, 6, 9, 10, 97, 98, 200):
        assert look(written(b"words", NOISE, method)) == Unreadable(Reason.UNSUPPORTED_TYPE, "zip method")


@pytest.mark.parametrize("wide", [False, True])
def test_sizes_behind_the_data(wide: bool, look: Look, face_jpeg: bytes) -> None:
    assert isinstance(look(packed(b"words", face_jpeg, out=Unseekable(), wide=wide)), Faces)
    assert look(packed(b"words", b"more" * 99, out=Unseekable(), wide=wide)) == CLEAR


def test_wide_records(look: Look, face_jpeg: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 20)
    assert isinstance(look(packed(b"words", face_jpeg, wide=True)), Faces)
    body = packed(b"words", b"more words" * 9, wide=True)
    assert b"PK\6\6" in body
    assert look(body) == CLEAR
    assert look(body.replace(b"PK\6\6", b"PK\6\5")) == BROKEN


def test_nothing_in_it(look: Look) -> None:
    assert look(packed()) == CLEAR
    assert look(packed() + NOISE) == UNKNOWN


def test_encrypted(look: Look, face_jpeg: bytes) -> None:
    encrypted = Unreadable(Reason.ENCRYPTED, "zip")
    assert look(written(NOISE, flags=1)) == encrypted
    assert look(written(NOISE, flags=1 | 64)) == encrypted
    assert look(written(NOISE, method=99, flags=1)) == encrypted


def test_nested(look: Look, face_jpeg: bytes) -> None:
    body = face_jpeg
    for method in (*METHODS, 0):
        body = packed(b"words", body, method=method)
    assert isinstance(look(body), Faces)
    for _ in range(4):
        body = packed(body)
    assert look(body) == Unreadable(Reason.LIMIT_DEPTH)


def test_bombs(blind: Blind) -> None:
    tight = Limits(decoded=4 << 20)
    spent = Unreadable(Reason.LIMIT_DECODED)
    for method in METHODS[1:]:
        assert inspect(Payload(packed(bytes(5 << 20), method=method)), blind, tight) == spent
    many = packed(*[bytes(1 << 20)] * 5)
    assert inspect(Payload(many), blind, tight) == spent
    nested = packed(packed(bytes(5 << 20)))
    assert inspect(Payload(nested), blind, tight) == spent


def test_members_that_share_bytes(look: Look) -> None:
    body = packed(b"words" * 50)
    end = body.rindex(b"PK\5\6")
    begin = body.index(b"PK\1\2")
    twice = body[:end] + body[begin:end] + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 2, 2, 2 * (end - begin), begin, 0)
    assert look(twice) == BROKEN
    # a member's header inside the data of another
    inner = written(b"inner")
    outer = bytearray(written(inner[: inner.index(b"PK\1\2")]))
    begin = outer.rindex(b"PK\1\2")
    central = inner[inner.index(b"PK\1\2") : inner.index(b"PK\5\6")]
    central = central[:42] + struct.pack("<L", 34) + central[46:]
    head = bytes(outer[begin : outer.rindex(b"PK\5\6")])
    tail = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 2, 2, len(head + central), begin, 0)
    assert look(bytes(outer[:begin]) + head + central + tail) == BROKEN


@pytest.mark.parametrize("local", [{"method": 8}, {"packed": 4}, {"size": 9}, {"crc": 1}, {"flags": 1}, {"flags": 8}])
def test_headers_that_disagree(local: dict[str, int], look: Look) -> None:
    assert look(written(b"words", local=local)) == BROKEN


def test_lying_sizes(look: Look) -> None:
    raw = zlib.compress(b"words" * 99, wbits=-15)
    assert look(written(b"words" * 99, raw, 8)) == CLEAR
    assert look(written(b"words" * 98, raw, 8)) == BROKEN
    assert look(written(b"words" * 99, raw + b"more", 8)) == BROKEN
    assert look(written(b"words" * 99, raw[:-3], 8)) == BROKEN
    assert look(written(b"words", b"words and more")) == BROKEN


def test_a_face_beside_a_broken_member(look: Look, face_jpeg: bytes) -> None:
    body = bytearray(packed(WORDS, face_jpeg))
    at = body.index(b".txt") + 4
    body[at : at + 10] = NOISE[:10]
    assert isinstance(look(bytes(body)), Faces)
    body = bytearray(packed(WORDS, WORDS))
    body[at : at + 10] = NOISE[:10]
    assert look(bytes(body)) == BROKEN


def test_truncated(look: Look, plain_jpeg: bytes) -> None:
    body = packed(b"words", plain_jpeg)
    for cut in (30, 2_000, len(body) - 150, len(body) - 10):
        assert look(body[:cut]) == BROKEN


def test_hidden_from_the_directory(look: Look, face_jpeg: bytes) -> None:
    hidden = packed(face_jpeg)
    hidden = hidden[: hidden.index(b"PK\1\2")]
    assert isinstance(look(written(b"words", gap=hidden)), Unreadable)
    assert isinstance(look(hidden + written(b"words")), Unreadable)
    assert isinstance(look(written(b"words", gap=face_jpeg)), Faces)
    assert look(written(b"words", gap=NOISE)) == UNKNOWN
    assert look(written(b"words", gap=bytes(4_000))) == CLEAR
    assert look(written(b"words", gap=NOISE[:200])) == CLEAR


def test_extra_fields_and_comments(look: Look, face_as: Callable[..., bytes]) -> None:
    face = face_as("JPEG", (200, 200))
    assert isinstance(look(written(b"words", extra=face)), Faces)
    assert isinstance(look(written(b"words", comment=face)), Faces)
    assert isinstance(look(written(b"words", remark=face)), Faces)
    assert isinstance(look(written(b"words", behind=face)), Faces)
    assert look(written(b"words", remark=NOISE)) == UNKNOWN
    assert look(written(b"words", extra=NOISE)) == UNKNOWN
    assert look(written(b"words", extra=bytes(4_000))) == CLEAR  # aligned
    assert look(written(b"words", remark=b"a comment " * 90, comment=b"another")) == CLEAR


def test_two_directories(look: Look) -> None:
    one, other = packed(b"words"), packed(b"more")
    assert isinstance(look(one + other), Unreadable)
    assert isinstance(look(written(b"words", remark=other)), Unreadable)
    assert isinstance(look(written(b"words", gap=other)), Unreadable)


def test_behind_something_else(look: Look, plain_jpeg: bytes, face_jpeg: bytes) -> None:
    """Offsets may count from the archive or from the whole file."""
    assert isinstance(look(plain_jpeg + packed(face_jpeg)), Faces)
    assert look(plain_jpeg + packed(b"words" * 99)) == Clear("jpeg")
    assert isinstance(look(written(face_jpeg, before=plain_jpeg)), Faces)
    assert look(written(b"words" * 99, before=plain_jpeg)) == Clear("jpeg")
    # what other readers find where the directory says it begins is another directory
    body = written(b"words" * 99, before=b"PK\3\4" + bytes(60))
    assert look(body[64:]) == CLEAR


def test_a_signed_package(look: Look) -> None:
    block = struct.pack("<Q", 2_024) + NOISE[:2_000] + struct.pack("<Q", 2_024) + b"APK Sig Block 42"
    assert look(written(b"words", gap=block)) == CLEAR


def test_folders(look: Look) -> None:
    for method in (0, 8):
        assert look(written(b"", method=method, name=b"folder/")) == CLEAR
    assert look(written(b"", b"\3\0", 8, name=b"folder/")) == CLEAR
    assert look(written(NOISE, name=b"folder/")) == UNKNOWN


def test_too_many(blind: Blind) -> None:
    few, spent = Limits(members=50), Unreadable(Reason.LIMIT_MEMBERS)
    assert inspect(Payload(packed(*[b"words"] * 60)), blind, few) == spent
    assert inspect(Payload(packed(*[b""] * 60)), blind, few) == CLEAR
    assert inspect(Payload(packed(*[b""] * 600)), blind, few) == spent
