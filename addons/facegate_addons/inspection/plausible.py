"""Does what follows a short magic make sense? Two or four bytes turn up by chance in anything large."""

import struct
import zlib

from facegate_addons.inspection.containers.magics import is_lzma, is_tar

_TRIAL = 1 << 10  # bytes of a zlib stream that have to decode
_ENTRIES = 512  # of a TIFF's directory, at most
_WIDTH, _STRIPS, _TILES = 256, 273, 324
_SIDE = 1 << 16  # pixels


def leads_to_a_block(data: bytes, at: int) -> bool:
    """Do GIF's blocks begin behind its colours? Lists of magics have "GIF89a" and none."""
    flags = data[at + 10 : at + 11]
    colours = 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0
    return data[at + 13 + colours : at + 14 + colours] in (b"!", b",")


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
_SEGMENTS = 1_000  # before the frame header; a profile takes 255 at most
_JUNK = 256  # bytes between two segments; decoders skip any number


def leads_to_a_frame(data: bytes, at: int, astray: set[int] | None = None) -> bool:
    """Do JPEG segments lead to a frame header? Tables of small negative numbers have the magic too.

    `astray` is where earlier walks through the same data came by that led nowhere: no step is taken twice.
    """
    at += 2
    astray = set() if astray is None else astray
    passed: list[int] = []
    for _ in range(_SEGMENTS):
        at = data.find(b"\xff", at, at + _JUNK)
        if at < 0 or at + 10 > len(data) or at in astray:
            break
        passed.append(at)
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES and size == 8 + 3 * data[at + 9]:
            return True
        if marker in (0, 0xFF) or marker in _BARE:
            at += 1
        elif marker in (0xD8, 0xD9, 0xDA) or size < 2:
            break
        else:
            at += 2 + size
    astray.update(passed)
    return False


def tiff(data: bytes, at: int) -> bool:
    """Is there a directory of a picture where the head says? EXIF has the same head, and no pixels."""
    order = "<" if data[at : at + 2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", data, at + 4)
        (count,) = struct.unpack_from(order + "H", data, at + first)
        if first < 8 or not 0 < count <= _ENTRIES:
            return False
        begin = at + first + 2
        tags = {struct.unpack_from(order + "H", data, begin + 12 * entry)[0] for entry in range(count)}
    except struct.error:
        return False
    return _WIDTH in tags and (_STRIPS in tags or _TILES in tags)


def bmp(data: bytes, at: int) -> bool:
    """A head of a size that there is, one plane, a depth and sides that there are."""
    if len(data) < at + 30:
        return False
    if data[at + 14] == 12:
        width, height, planes, bits = struct.unpack_from("<4H", data, at + 18)
    else:
        width, height, planes, bits = struct.unpack_from("<iiHH", data, at + 18)
    return planes == 1 and bits in (1, 2, 4, 8, 16, 24, 32) and 0 < width < _SIDE and 0 < abs(height) < _SIDE


def codestream(data: bytes, at: int) -> bool:
    """JPEG 2000: the size of the first segment goes with the number of components."""
    if len(data) < at + 42:
        return False
    size, components = int.from_bytes(data[at + 4 : at + 6], "big"), int.from_bytes(data[at + 40 : at + 42], "big")
    return size == 38 + 3 * components


def inflates(data: bytes, at: int) -> bool:
    if int.from_bytes(data[at : at + 2], "big") % 31:
        return False
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data[at : at + _TRIAL], 1 << 14)
    except zlib.error:
        return False
    return stream.eof or (len(data) - at > _TRIAL and bool(out))


def tar(data: bytes, at: int) -> bool:
    return is_tar(data[at : at + 512])


def lzma(data: bytes, at: int) -> bool:
    return is_lzma(data[at : at + 14])
