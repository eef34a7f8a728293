"""Compression bombs: a few kilobytes that become gigabytes, as content codings and as files."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterable

import brotli
import zstandard

from benchmarks.hostile.case import body, face

BLOCK = bytes(1 << 24)
BLOCKS = 32  # 512 MB, twice limits.decoded
BINARY = "application/octet-stream"


def _gzip(pieces: Iterable[bytes]) -> bytes:
    coder = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join([coder.compress(piece) for piece in pieces] + [coder.flush()])


def _zeros() -> Iterable[bytes]:
    """Noughts, and a face behind them."""
    return (*[BLOCK] * BLOCKS, face())


@body("codings", "gzip", "limit-decoded", kind="text/html", headers=["Content-Encoding: gzip"])
def gzipped() -> bytes:
    return _gzip(_zeros())


@body("codings", "deflate", "limit-decoded", kind="text/html", headers=["Content-Encoding: deflate"])
def deflated() -> bytes:
    coder = zlib.compressobj(1)
    return b"".join([coder.compress(piece) for piece in _zeros()] + [coder.flush()])


@body("codings", "br", "limit-decoded", kind="text/html", headers=["Content-Encoding: br"])
def brotlied() -> bytes:
    coder = brotli.Compressor(quality=1, lgwin=24)
    return b"".join([coder.process(piece) for piece in _zeros()] + [coder.finish()])


@body("codings", "zstd", "limit-decoded", kind="text/html", headers=["Content-Encoding: zstd"])
def zstandarded() -> bytes:
    coder = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join([coder.compress(piece) for piece in _zeros()] + [coder.flush()])


@body("codings", "zstd, a window of 2 GB", "coding-broken", "limit-decoded", "limit-memory", kind="text/html",
      headers=["Content-Encoding: zstd"])  # fmt: skip
def wide() -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=31, enable_ldm=True)
    return zstandard.ZstdCompressor(compression_params=parameters).compressobj().compress(b"") + _window() + face()


def _window() -> bytes:
    """The head of a frame that wants a window of 2 GB, and a raw block that is longer than it says."""
    return b"\x28\xb5\x2f\xfd\x00" + bytes([(31 - 10) << 3]) + (1 << 20 << 3).to_bytes(3, "little")


def _nested(levels: int) -> bytes:
    data = gzip.compress(BLOCK, 9, mtime=0) * (32 * BLOCKS)  # 16 GB
    for _ in range(levels - 1):
        data = gzip.compress(data, 9, mtime=0)
    return data


@body("codings", "gzip of gzip, 16 GB", "limit-decoded", kind="text/html", headers=["Content-Encoding: gzip, gzip"])
def gzip_of_gzip() -> bytes:
    return _nested(2)


@body("codings", "gzip of gzip of gzip", "limit-decoded", kind="text/html",
      headers=["Content-Encoding: gzip, gzip, gzip"])  # fmt: skip
def gzip_thrice() -> bytes:
    return _nested(3)


@body("codings", "forty gzips", "limit-depth", "coding-unknown", "coding-broken", kind="text/html",
      headers=["Content-Encoding: " + ", ".join(["gzip"] * 40)])  # fmt: skip
def forty() -> bytes:
    data = face()
    for _ in range(40):
        data = gzip.compress(data, mtime=0)
    return data


@body("files", "gzip", "limit-decoded", kind=BINARY)
def gzip_file() -> bytes:
    return _gzip(_zeros())


@body("files", "gzip in gzip, 16 GB", "limit-decoded", kind=BINARY)
def gzip_in_gzip() -> bytes:
    return _nested(2)


@body("files", "bzip2", "limit-decoded", "limit-time", kind=BINARY)
def bzipped() -> bytes:
    return bz2.compress(BLOCK) * BLOCKS


@body("files", "xz", "limit-decoded", kind=BINARY)
def xz() -> bytes:
    return lzma.compress(BLOCK * 32)


@body(
    "files", "lzma, a dictionary of 4 GB", "limit-decoded", "limit-memory", "undecodable", "unknown-type", kind=BINARY
)
def dictionary() -> bytes:
    """Most decoders allocate it at once."""
    data = lzma.compress(BLOCK, format=lzma.FORMAT_ALONE)
    return data[:1] + b"\xff\xff\xff\xff" + data[5:]
