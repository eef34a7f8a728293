import bz2
import gzip
import lzma
import random
import struct
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
Pack = Callable[[bytes], bytes]

PACKS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
SEVERAL = ("gzip", "bzip2", "xz", "zstd")
NOISE = random.Random(1).randbytes(3_000)


def skippable(data: bytes, magic: int = 0) -> bytes:
    return struct.pack("<II", 0x184D2A50 + magic, len(data)) + data


@pytest.mark.parametrize("kind", PACKS)
def test_what_a_stream_holds(kind: str, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    assert isinstance(look(PACKS[kind](face_jpeg)), Faces)
    assert look(PACKS[kind](plain_jpeg)) == Clear(kind)
    assert look(PACKS[kind](b"words and words\n" * 90)) == Clear(kind)
    assert look(PACKS[kind](NOISE)) == Unreadable(Reason.UNKNOWN_TYPE)


@pytest.mark.parametrize("kind", PACKS)
def test_broken_streams(kind: str, look: Look, plain_jpeg: bytes) -> None:
    packed = PACKS[kind](plain_jpeg)
    assert look(packed[:-20]) == Unreadable(Reason.UNDECODABLE, kind)
    damaged = packed[:2_000] + bytes(64) + packed[2_064:]
    assert isinstance(look(damaged), Unreadable)


@pytest.mark.parametrize("kind", PACKS)
def test_behind_a_stream(kind: str, look: Look, face_jpeg: bytes) -> None:
    packed = PACKS[kind](b"words")
    assert isinstance(look(packed + face_jpeg), Faces)
    assert look(packed + NOISE) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(packed + b"\0\0\0\0" * 300) == Clear(kind)


@pytest.mark.parametrize("kind", SEVERAL)
def test_several_streams_are_one_file(kind: str, look: Look, face_jpeg: bytes, plain_jpeg: bytes) -> None:
    pack = PACKS[kind]
    assert isinstance(look(pack(face_jpeg[:9_000]) + pack(face_jpeg[9_000:])), Faces)
    assert look(pack(plain_jpeg[:9_000]) + pack(plain_jpeg[9_000:])) == Clear(kind)
    assert isinstance(look(pack(plain_jpeg) + pack(face_jpeg)), Faces)
    assert look(pack(plain_jpeg) + pack(plain_jpeg)[:-9]) == Unreadable(Reason.UNDECODABLE, kind)


@pytest.mark.parametrize("kind", PACKS)
def test_bombs(kind: str, blind: Blind) -> None:
    packed = PACKS[kind](bytes(1 << 20)) * 5 if kind in SEVERAL else PACKS[kind](bytes(5 << 20))
    verdict = inspect(Payload(packed), blind, Limits(decoded=4 << 20))
    assert verdict == Unreadable(Reason.LIMIT_DECODED)


def test_nesting(look: Look, face_jpeg: bytes) -> None:
    body = face_jpeg
    for pack in PACKS.values():
        body = pack(body)
    assert isinstance(look(body), Faces)
    for pack in PACKS.values():
        body = pack(body)
    assert look(body) == Unreadable(Reason.LIMIT_DEPTH)


def gzip_with(flags: int, fields: bytes) -> bytes:
    packed = gzip.compress(b"words")
    return packed[:3] + bytes([flags]) + packed[4:10] + fields + packed[10:]


def test_fields_of_a_gzip_header(look: Look, face_as: Callable[..., bytes]) -> None:
    face = face_as("JPEG", (200, 200), quality=60).replace(b"\0", b"\0")
    extra = len(face).to_bytes(2, "little") + face
    assert isinstance(look(gzip_with(4, extra)), Faces)
    assert look(gzip_with(8, b"words.txt\0")) == Clear("gzip")
    assert look(gzip_with(28, b"\4\0abcdname\0comment\0")) == Clear("gzip")
    hidden = NOISE.replace(b"\0", b"")
    assert look(gzip_with(16, hidden + b"\0")) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(gzip_with(8, b"a name without an end")) == Unreadable(Reason.UNDECODABLE, "gzip")
    blocked = gzip_with(4, b"\6\0BC\2\0\x1b\0")
    assert look(blocked * 100) == Clear("gzip")


def test_frames_that_zstd_skips(look: Look, face_jpeg: bytes) -> None:
    frame = PACKS["zstd"](b"words")
    assert isinstance(look(frame + skippable(face_jpeg) + frame), Faces)
    assert isinstance(look(skippable(face_jpeg, 9)), Faces)
    assert look(skippable(b"\1\2\3\4") + frame) == Clear("zstd")
    assert look(skippable(NOISE) + frame) == Unreadable(Reason.UNKNOWN_TYPE)
    assert look(frame + skippable(NOISE)[:-5]) == Unreadable(Reason.UNDECODABLE, "zstd")


def test_dictionaries_that_are_elsewhere(look: Look, face_jpeg: bytes) -> None:
    samples = [b"%d some words of text %d" % (n, n * n) * 9 for n in range(2_000)]
    trained = zstandard.train_dictionary(4_000, samples)
    packed = zstandard.ZstdCompressor(dict_data=trained).compress(samples[3])
    assert look(packed) == Unreadable(Reason.UNSUPPORTED_TYPE, "zstd dictionary")
    digest = skippable(bytes(32), 14)
    assert look(digest + PACKS["zstd"](b"words")) == Unreadable(Reason.UNSUPPORTED_TYPE, "zstd dictionary")


def test_windows_and_dictionaries_have_a_limit(look: Look) -> None:
    header = b"\x28\xb5\x2f\xfd" + bytes([0, (31 - 10) << 3])
    assert look(header + b"\1\0\0") == Unreadable(Reason.LIMIT_MEMORY, "dictionary")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}]
    assert look(lzma.compress(b"words", filters=filters)) == Unreadable(Reason.LIMIT_MEMORY, "dictionary")
    alone = b"\x5d" + (1 << 31).to_bytes(4, "little") + b"\xff" * 8 + bytes(20)
    assert look(alone) == Unreadable(Reason.LIMIT_MEMORY, "dictionary")
