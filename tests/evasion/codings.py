"""Compressions: as a content coding, as a file, stacked, lied about, or with room for a picture in their heads."""

import bz2
import gzip
import lzma
import struct
import zlib

import brotli
import zstandard
from evasion.case import Headers, Picture, evasion


def coding(value: str) -> Headers:
    return (("Content-Encoding", value),)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def lz4(data: bytes) -> bytes:
    """A frame of stored blocks, without checksums but for the head's, which is of these two bytes."""
    blocks = (data[at : at + 60_000] for at in range(0, len(data), 60_000))
    body = b"".join(struct.pack("<I", len(block) | 1 << 31) + block for block in blocks)
    return b"\x04\x22\x4d\x18\x60\x40\x82" + body + bytes(4)


def snappy(data: bytes) -> bytes:
    """The framing format, with uncompressed chunks; the checksums are left blank."""
    blocks = (data[at : at + 60_000] for at in range(0, len(data), 60_000))
    body = b"".join(b"\x01" + struct.pack("<I", len(block) + 4)[:3] + bytes(4) + block for block in blocks)
    return b"\xff\x06\0\0sNaPpY" + body


def unix_compress(data: bytes) -> bytes:
    """LZW of 9 bits, cleared before the codes grow; clearing pads to eight codes."""
    out = bytearray(b"\x1f\x9d\x89")
    for at in range(0, len(data), 199):
        codes = [*data[at : at + 199], 256]
        bits = sum(code << 9 * place for place, code in enumerate(codes))
        out += bits.to_bytes(-(-len(codes) // 8) * 9, "little")
    return bytes(out)


PACKERS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "raw deflate": raw_deflate,
    "brotli": brotli.compress,
    "zstd": zstd,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "lz4": lz4,
    "snappy": snappy,
    "compress": unix_compress,
}
# of these nobody sees what they are, or nobody has a decoder at hand
CLOSED = ("raw deflate", "brotli", "lz4", "snappy", "compress")
for name, pack in PACKERS.items():
    is_open = name not in CLOSED
    evasion("enc", f"{name} without a coding", open=is_open)(lambda picture, pack=pack: pack(picture.jpeg))
    evasion("enc", f"{name} of png without a coding", "text/plain", open=is_open)(
        lambda picture, pack=pack: pack(picture.png)
    )

CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "GZIP": "gzip", "deflate": "zlib", "br": "brotli", "zstd": "zstd"}
for value, name in CODINGS.items():
    evasion("enc", f"coded {value}", "image/jpeg", coding(value))(
        lambda picture, pack=PACKERS[name]: pack(picture.jpeg)
    )

evasion("enc", "coded deflate, raw", "image/jpeg", coding("deflate"))(lambda picture: raw_deflate(picture.jpeg))


@evasion("enc", "coded gzip, br", "image/jpeg", coding("gzip, br"))
def stacked(picture: Picture) -> bytes:
    return brotli.compress(gzip.compress(picture.jpeg))


@evasion("enc", "coded gzip, gzip", "image/jpeg", (*coding("gzip"), *coding("gzip")))
def twice(picture: Picture) -> bytes:
    return gzip.compress(gzip.compress(picture.jpeg))


@evasion("enc", "coded br, gzip, the other way round", "image/jpeg", coding("br, gzip"), open=False)
def wrong_order(picture: Picture) -> bytes:
    return brotli.compress(gzip.compress(picture.jpeg))


@evasion("enc", "coded gzip, and gzip inside", "image/jpeg", coding("gzip"))
def once_more(picture: Picture) -> bytes:
    return gzip.compress(gzip.compress(picture.jpeg))


for value in ("br", "gzip", "deflate", "zstd", "dcb", "dcz", "aws-chunked", "compress", "exi", "none", "utf-8"):

    @evasion("enc", f"coded {value} and it is not", "image/jpeg", coding(value), open=False)
    def lie(picture: Picture) -> bytes:
        return picture.jpeg


@evasion("enc", "dictionary-compressed brotli", "image/jpeg", coding("dcb"), open=False)
def dcb(picture: Picture) -> bytes:
    return b"\xffDCB" + bytes(32) + brotli.compress(picture.jpeg)


@evasion("enc", "dictionary-compressed zstd", "image/jpeg", coding("dcz"), open=False)
def dcz(picture: Picture) -> bytes:
    return b"\x5e\x2a\x4d\x18\x20\0\0\0" + bytes(32) + zstd(picture.jpeg)


@evasion("enc", "gzip cut off", "image/jpeg", coding("gzip"), open=False)
def cut(picture: Picture) -> bytes:
    return gzip.compress(picture.jpeg)[:-30]


@evasion("enc", "gzip and junk behind", "image/jpeg", coding("gzip"), open=False)
def junk(picture: Picture) -> bytes:
    return gzip.compress(picture.jpeg) + b"junk"


# a word and a picture are one body, and nobody's to name
@evasion("enc", "the second member of gzip", "text/plain", coding("gzip"), open=False)
def member(picture: Picture) -> bytes:
    return gzip.compress(b"hello\n") + gzip.compress(picture.jpeg)


@evasion("enc", "the second member of a gzip file", "application/gzip", open=False)
def member_of_file(picture: Picture) -> bytes:
    return gzip.compress(b"hello\n") + gzip.compress(picture.jpeg)


def gzip_head(flag: int, field: bytes) -> bytes:
    plain = gzip.compress(b"hello\n")
    return plain[:3] + bytes([flag]) + plain[4:10] + field + plain[10:]


for coded in (True, False):
    head = coding("gzip") if coded else ()
    how = "coded" if coded else "a file"

    @evasion("enc", f"in the extra field of gzip, {how}", "text/plain", head, open=False)
    def extra(picture: Picture) -> bytes:
        jpeg = picture.small(160).jpeg
        return gzip_head(4, struct.pack("<H", len(jpeg)) + jpeg)

    @evasion("enc", f"in the comment of gzip, {how}", "text/plain", head, open=False)
    def comment(picture: Picture) -> bytes:
        return gzip_head(16, picture.small(160).jpeg.hex().encode() + b"\0")

    @evasion("enc", f"behind gzip, {how}", "text/plain", head, open=False)
    def trailer(picture: Picture) -> bytes:
        return gzip.compress(b"hello\n") + picture.jpeg


def skippable(data: bytes) -> bytes:
    return b"\x50\x2a\x4d\x18" + struct.pack("<I", len(data)) + data


@evasion("enc", "in a skippable frame, coded zstd", "text/plain", coding("zstd"), open=False)
def skipped(picture: Picture) -> bytes:
    return skippable(picture.jpeg) + zstd(b"hello\n")


@evasion("enc", "in a skippable frame of a zstd file", "application/zstd", open=False)
def skipped_in_file(picture: Picture) -> bytes:
    return zstd(b"hello\n") + skippable(picture.jpeg)


@evasion("enc", "gzip five times", "application/gzip")
def five(picture: Picture) -> bytes:
    data = picture.jpeg
    for _ in range(5):
        data = gzip.compress(data)
    return data


@evasion("enc", "gzip twelve times", "application/gzip", open=False)
def twelve(picture: Picture) -> bytes:
    data = picture.jpeg
    for _ in range(12):
        data = gzip.compress(data)
    return data


@evasion("enc", "xz of bzip2 of zstd")
def mixed(picture: Picture) -> bytes:
    return lzma.compress(bz2.compress(zstd(picture.jpeg)))


@evasion("enc", "deflate without a window's head, coded nothing", open=False)
def headless(picture: Picture) -> bytes:
    return zlib.compress(picture.png)[2:]
