import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace

import brotli
import pytest
import zstandard
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.unwrap import undo
from hypothesis import given
from hypothesis import strategies as st

TEXT = b"The quick brown fox jumps over the lazy dog. " * 2000


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
}


def budget(**limits: int) -> Budget:
    return Budget(replace(Limits(), **limits))


def why(body: bytes, *codings: str, **limits: int) -> Reason:
    with pytest.raises(Unread) as caught:
        undo(body, codings, budget(**limits))
    return caught.value.why


@pytest.mark.parametrize("coding", ENCODERS)
def test_each_coding(coding: str) -> None:
    for data in (TEXT, b"", b"x"):
        assert undo(ENCODERS[coding](data), [coding.upper()], budget()) == data


@given(st.lists(st.sampled_from(sorted(ENCODERS)), max_size=5), st.binary(max_size=5000))
def test_stacked_in_any_order(codings: list[str], data: bytes) -> None:
    body = data
    for coding in codings:
        body = ENCODERS[coding](body)
    assert undo(body, [", ".join(codings)], budget()) == data
    assert undo(body, codings, budget()) == data


def test_raw_deflate() -> None:
    assert undo(raw_deflate(TEXT), ["deflate"], budget()) == TEXT


def test_many_members_and_frames() -> None:
    assert undo(gzip.compress(b"a") + gzip.compress(TEXT) + b"\0" * 600, ["gzip"], budget()) == b"a" + TEXT
    frames = zstandard.ZstdCompressor().compress(b"a") + zstandard.ZstdCompressor().compress(TEXT)
    assert undo(b"\x50\x2a\x4d\x18\4\0\0\0note" + frames, ["zstd"], budget()) == b"a" + TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_truncated_trailing_or_foreign_is_broken(coding: str) -> None:
    body = ENCODERS[coding](TEXT)
    for broken in (body[:-1], body[: len(body) // 2], body[:1], body + b"trailing", TEXT, b""):
        assert why(broken, coding) is Reason.CODING_BROKEN


def test_a_picture_does_not_fit_where_decoders_skip() -> None:
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 2000 + b"\0" + raw_deflate(TEXT)
    assert why(named + zlib.crc32(TEXT).to_bytes(4, "little") + len(TEXT).to_bytes(4, "little"), "gzip")
    skipped = b"\x50\x2a\x4d\x18" + (2000).to_bytes(4, "little") + bytes(2000)
    assert why(skipped + ENCODERS["zstd"](TEXT), "zstd") is Reason.CODING_BROKEN


@pytest.mark.parametrize("coding", ["rot13", "hex", "compress", "dcb", "aws-chunked", "gzip;q=1", "*"])
def test_unknown(coding: str) -> None:
    assert why(gzip.compress(TEXT), coding) is Reason.CODING_UNKNOWN
    assert why(gzip.compress(TEXT), "gzip", coding) is Reason.CODING_UNKNOWN


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_stopped(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(50_000_000))
    assert why(bomb, coding, decoded=10_000_000) is Reason.LIMIT_DECODED
    twice = ENCODERS["gzip"](bytes(9_000_000))
    assert why(ENCODERS[coding](twice), coding, "gzip", decoded=9_000_000) in (
        Reason.CODING_BROKEN,
        Reason.LIMIT_DECODED,
    )


BOMB = """
import resource, sys, brotli, zstandard
from dataclasses import replace
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.unwrap import undo
coding, body = sys.argv[1], sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    undo(body, [coding], Budget(replace(Limits(), decoded=20_000_000)))
except Unread as unread:
    print(unread.why, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_gigabyte_never_stands_in_memory(coding: str) -> None:
    if coding == "br":
        stream = brotli.Compressor(quality=4)
        body = b"".join(stream.process(bytes(16 << 20)) for _ in range(64)) + stream.finish()
    elif coding == "gzip":
        packer = zlib.compressobj(1, wbits=31)
        body = b"".join(packer.compress(bytes(16 << 20)) for _ in range(20)) + packer.flush()
    else:
        frame = zstandard.ZstdCompressor().compressobj()
        body = b"".join(frame.compress(bytes(16 << 20)) for _ in range(64)) + frame.flush()
    run = subprocess.run([sys.executable, "-c", BOMB, coding], input=body, capture_output=True, check=True)
    reason, grown = run.stdout.decode().split()
    assert reason == Reason.LIMIT_DECODED
    assert int(grown) < 150_000  # KB: the limit, one step, and room
