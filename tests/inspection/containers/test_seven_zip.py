import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import py7zr
import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

from tests.inspection.conftest import Blind

Look = Callable[..., Verdict]

NOISE = random.Random(6).randbytes(3_000)
WORDS = b"words and words\n" * 99
CLEAR = Clear("7z")
BROKEN = Unreadable(Reason.UNDECODABLE, "7z")
LZMA, LZMA2 = {"id": py7zr.FILTER_LZMA}, {"id": py7zr.FILTER_LZMA2, "preset": 6}
OPENED: dict[str, list[dict[str, Any]]] = {
    "lzma": [LZMA],
    "lzma2": [LZMA2],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}],
    "zstd": [{"id": py7zr.FILTER_ZSTD, "level": 3}],
    "copy": [{"id": py7zr.FILTER_COPY}],
    "x86": [{"id": py7zr.FILTER_X86}, LZMA2],
    "x86 before lzma": [{"id": py7zr.FILTER_X86}, LZMA],
    "arm": [{"id": py7zr.FILTER_ARM}, LZMA2],
    "delta": [{"id": py7zr.FILTER_DELTA, "dist": 3}, LZMA2],
}


def packed(*members: bytes, filters: list[dict[str, Any]] | None = None, password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=filters, password=password) as archive:
        for number, data in enumerate(members):
            archive.writef(io.BytesIO(data), f"member {number}")
    return out.getvalue()


@pytest.mark.parametrize("filters", OPENED.values(), ids=OPENED)
def test_methods(filters: list[dict[str, Any]], look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(packed(WORDS, face_jpeg, b"", WORDS, filters=filters)), Faces)
    assert look(packed(WORDS, plain_jpeg, b"", WORDS, filters=filters)) == CLEAR
    assert look(packed(WORDS, NOISE, WORDS, filters=filters)) == Unreadable(Reason.UNKNOWN_TYPE)


@pytest.mark.parametrize("method", [py7zr.FILTER_PPMD, py7zr.FILTER_BROTLI])
def test_methods_that_are_refused(method: int, look: Look) -> None:
    filters = [{"id": method, "level": 3, "order": 6, "mem": 24}]
    assert look(packed(WORDS, filters=filters)) == Unreadable(Reason.UNSUPPORTED_TYPE, "7z method")


def test_nothing_in_it(look: Look) -> None:
    assert look(packed()) == CLEAR
    assert look(packed(b"", b"")) == CLEAR
    assert look(b"7z\xbc\xaf\x27\x1c\0\4") == BROKEN


def test_encrypted(look: Look, face_jpeg: bytes) -> None:
    encrypted = Unreadable(Reason.ENCRYPTED, "7z")
    assert look(packed(face_jpeg, password="secret")) == encrypted
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password="secret", header_encryption=True) as archive:
        archive.writef(io.BytesIO(WORDS), "a name")
    assert look(out.getvalue()) == encrypted


def test_nested(look: Look, face_jpeg: bytes) -> None:
    body = face_jpeg
    for _ in range(5):
        body = packed(WORDS, body)
    assert isinstance(look(body), Faces)
    for _ in range(4):
        body = packed(body)
    assert look(body) == Unreadable(Reason.LIMIT_DEPTH)


@pytest.mark.parametrize("kind", ["lzma", "lzma2", "bzip2", "deflate", "zstd"])
def test_bombs(kind: str, blind: Blind) -> None:
    body = packed(bytes(5 << 20), filters=OPENED[kind])
    assert inspect(Payload(body), blind, Limits(decoded=4 << 20)) == Unreadable(Reason.LIMIT_DECODED)


def test_truncated_and_behind(look: Look, face_jpeg: bytes) -> None:
    body = packed(WORDS)
    assert look(body[:-5]) == BROKEN
    assert look(body[:40]) == BROKEN
    assert look(body + bytes(999)) == CLEAR
    assert isinstance(look(body + face_jpeg), Faces)
    assert look(body + NOISE) == Unreadable(Reason.UNKNOWN_TYPE)


def number(value: int) -> bytes:
    return b"\xff" + value.to_bytes(8, "little")


def written(
    packs: bytes, sizes: list[int], folders: list[tuple[bytes, int]], cuts: list[int] | None = None, gap: int = 0
) -> bytes:
    """An archive by hand: folders of one method each, and the members that they are cut into."""
    header = b"\x01\x04\x06" + number(gap) + number(len(sizes)) + b"\x09" + b"".join(map(number, sizes)) + b"\0"
    header += b"\x07\x0b" + number(len(folders)) + b"\0" + b"".join(coder for coder, _ in folders)
    header += b"\x0c" + b"".join(number(size) for _, size in folders) + b"\0"
    if cuts:
        header += b"\x08\x0d" + number(len(cuts) + 1) + b"\x09" + b"".join(map(number, cuts)) + b"\0"
    header += b"\0\0"
    start = struct.pack("<2QL", len(packs), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<L", zlib.crc32(start)) + start + packs + header


COPY = b"\1\1\0"


def test_streams_that_nobody_claims(look: Look, face_jpeg: bytes) -> None:
    assert look(written(WORDS, [len(WORDS)], [(COPY, len(WORDS))])) == CLEAR
    hidden = written(NOISE + WORDS, [len(WORDS)], [(COPY, len(WORDS))], gap=len(NOISE))
    assert look(hidden) == Unreadable(Reason.UNKNOWN_TYPE)
    hidden = written(face_jpeg + WORDS, [len(WORDS)], [(COPY, len(WORDS))], gap=len(face_jpeg))
    assert isinstance(look(hidden), Faces)
    hidden = written(WORDS + NOISE, [len(WORDS)], [(COPY, len(WORDS))])
    assert look(hidden) == Unreadable(Reason.UNKNOWN_TYPE)


def test_streams_without_a_folder(look: Look) -> None:
    unclaimed = written(WORDS * 2, [len(WORDS)] * 2, [(COPY, len(WORDS))])
    assert look(unclaimed) == Unreadable(Reason.UNSUPPORTED_TYPE, "7z method")


def test_lying_sizes(look: Look, face_jpeg: bytes) -> None:
    both = WORDS + face_jpeg
    assert isinstance(look(written(both, [len(both)], [(COPY, len(both))], [len(WORDS)])), Faces)
    for wrong in (len(both) + 1, 1 << 40, (1 << 64) - 1):
        assert isinstance(look(written(WORDS, [len(WORDS)], [(COPY, len(WORDS))], [wrong])), Unreadable)
        assert isinstance(look(written(WORDS, [wrong], [(COPY, len(WORDS))])), Unreadable)
        assert isinstance(look(written(WORDS, [len(WORDS)], [(COPY, wrong)])), Unreadable)
    short = look(written(WORDS + face_jpeg, [len(both)], [(COPY, len(WORDS))]))
    assert isinstance(short, Faces)  # what the stream has beyond its stated size is still seen


def test_a_dictionary_larger_than_what_it_holds(look: Look) -> None:
    """It costs what the content costs, whatever it says."""
    lzma2 = b"\1\x21\x21\1\x28"  # 4 GB
    packs = b"\1\0\4words\0"
    assert look(written(packs, [len(packs)], [(lzma2, 5)])) == CLEAR
    assert look(written(packs, [len(packs)], [(lzma2, 200 << 20)])) == Unreadable(Reason.LIMIT_MEMORY, "dictionary")
