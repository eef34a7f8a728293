"""Archives and compressed streams by their bytes: those whose magic a table cannot hold."""

import re
import zlib

_TRIAL = 1 << 10  # bytes of a zlib stream that have to decode before it is called one
_LHA = re.compile(rb".{2}-l[hz][0-9ds]-.{13}[\0-\3]", re.DOTALL)
CPIO_NEWC = re.compile(rb"07070[12][0-9a-fA-F]{104}")
CPIO_ODC = re.compile(rb"070707[0-7]{70}")
_CHECKSUM = re.compile(rb"[ \0]*[0-7]{1,8}[ \0]*")


def weak(data: bytes) -> str:
    """One of "tar", "zlib", "lzma", "zstd", "cpio", "lha", "iso9660", "dmg", or ""."""
    if data[1:4] == b"\x2a\x4d\x18" and data[0] & 0xF0 == 0x50:
        return "zstd"  # a frame that decoders skip comes first
    if is_tar(data):
        return "tar"
    if is_lzma(data):
        return "lzma"
    if _is_zlib(data):
        return "zlib"
    if CPIO_NEWC.match(data) or CPIO_ODC.match(data):
        return "cpio"
    if _LHA.match(data):
        return "lha"
    if data[-512:-500] == b"koly\0\0\0\4\0\0\2\0":
        return "dmg"
    return "iso9660" if data.startswith(b"CD001", 32769) else ""


def is_tar(data: bytes) -> bool:
    """The checksum of the first header: the oldest tars have no magic."""
    field = data[148:156]
    if len(data) < 512 or not _CHECKSUM.fullmatch(field):
        return False
    stated = int(field.strip(b" \0"), 8)
    head = data[:148] + b" " * 8 + data[156:512]
    return stated == sum(head) or stated == sum(head) - 256 * sum(byte > 127 for byte in head)


def is_lzma(data: bytes) -> bool:
    """The .lzma format has no magic: its usual properties, and a size that a file can have."""
    if len(data) < 14 or data[:3] != b"\x5d\0\0" or data[13]:
        return False
    dictionary = int.from_bytes(data[1:5], "little")
    power = 1 << (dictionary.bit_length() - 1) if dictionary else 0
    size = int.from_bytes(data[5:13], "little")
    return bool(power) and dictionary in (power, power | power >> 1) and (size < 1 << 38 or size == (1 << 64) - 1)


def _is_zlib(data: bytes) -> bool:
    """Two bytes are no magic, "x^" is text: the beginning has to decode, or the whole when that is short."""
    if data[:1] not in (b"\x08", b"\x18", b"\x28", b"\x38", b"\x48", b"\x58", b"\x68", b"\x78"):
        return False
    if int.from_bytes(data[:2], "big") % 31 or len(data) < 8 or data[1] & 0x20:
        return False
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data[:_TRIAL], 1 << 16)
    except zlib.error:
        return False
    return stream.eof or (len(data) > _TRIAL and bool(out))
