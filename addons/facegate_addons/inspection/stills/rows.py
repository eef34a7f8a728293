"""Formats with rows as they are, BMP, PSD and portable maps: from the size in the head to where the last row ends."""

import re
import struct
from collections.abc import Iterator

from facegate_addons.inspection.stills.structure import Layout

# a PSD's mode -> channels that make its colours; of RGB a fourth is alpha, which Pillow shows
_SHOWN = {3: 3, 4: 4, 9: 3}
_CHANNELS = 56  # that a PSD may have


def bmp(data: bytes, found: Layout) -> Iterator[bytes]:
    """What stands between head and rows, and behind them: a profile, or nothing."""
    begin, head = int.from_bytes(data[10:14], "little"), int.from_bytes(data[14:18], "little")
    if head == 12:
        width, height, bits, compression, size = (
            *(int.from_bytes(data[at : at + 2], "little") for at in (18, 20, 24)),
            *(0, 0),
        )
    else:
        width, height, compression, size = (int.from_bytes(data[at : at + 4], "little") for at in (18, 22, 30, 34))
        bits = int.from_bytes(data[28:30], "little")
    height = min(height, (1 << 32) - height) if head != 12 else height
    if compression in (0, 3, 6):  # rows of whole words
        size = (width * bits + 31) // 32 * 4 * height
    palette = (
        14 + head + (12 if compression == 3 else 16 if compression == 6 else 0) + (4 << bits if bits <= 8 else 1024)
    )
    if begin > palette:
        found.private(data[palette:begin])
    if size and begin + size <= len(data):
        _behind(data, begin + size, found)
    yield data[1:]


def _behind(data: bytes, end: int, found: Layout) -> None:
    if data[end + 36 : end + 40] != b"acsp":  # a colour profile: a note, as the whole file is
        found.end = end


def psd(data: bytes, found: Layout) -> Iterator[bytes]:
    """Four sections with their lengths, then the flattened picture."""
    channels, height, width, depth = (
        int.from_bytes(data[at : at + size], "big") for at, size in ((12, 2), (14, 4), (18, 4), (22, 2))
    )
    at = 26
    for _ in range(3):
        at += 4 + int.from_bytes(data[at : at + 4], "big")
    packed, rows = int.from_bytes(data[at : at + 2], "big"), channels * height
    at += 2
    mode = int.from_bytes(data[24:26], "big")
    found.inner.extend(_channels(data, at, (channels, height, width, depth), _SHOWN.get(mode, 1)))
    if packed == 0:
        end = at + rows * ((width * depth + 7) // 8)
    elif packed == 1 and at + 2 * rows <= len(data):
        end = (
            at + 2 * rows + sum(int.from_bytes(data[place : place + 2], "big") for place in range(at, at + 2 * rows, 2))
        )
    else:
        end = len(data)
    found.end = min(end, len(data))
    yield data[1:]


def _channels(data: bytes, at: int, size: tuple[int, int, int, int], shown: int) -> Iterator[tuple[str, bytes]]:
    """Those of the flattened picture behind the first `shown`, each as a gray picture: masks, and spot colours."""
    channels, height, width, depth = size
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 1, height, width, depth, 0 if depth == 1 else 1) + bytes(12)
    packed, counts = data[at - 2 : at], data[at : at + 2 * channels * height]
    row = (width * depth + 7) // 8
    begin = at + (2 * channels * height if packed == b"\0\1" else 0)
    for channel in range(min(channels, _CHANNELS)):
        sizes = counts[2 * channel * height : 2 * (channel + 1) * height]
        length = sum(struct.unpack(f">{len(sizes) // 2}H", sizes)) if packed == b"\0\1" else row * height
        if channel >= shown and packed in (b"\0\0", b"\0\1") and begin < len(data):
            yield "psd", head + packed + (sizes if packed == b"\0\1" else b"") + data[begin : begin + length]
        begin += length


_GAP = rb"(?:\s|#[^\n\r]*[\n\r])+"
_PNM = re.compile(rb"P([56])" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})\s")
_BITMAP = re.compile(rb"P4" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})\s")


def pnm(data: bytes, found: Layout) -> Iterator[bytes]:
    if bits := _BITMAP.match(data, 0, 100_000):
        found.end = min(len(data), bits.end() + (int(bits[1]) + 7) // 8 * int(bits[2]))
    elif head := _PNM.match(data, 0, 100_000):
        sample = (1 if int(head[4]) < 256 else 2) * (3 if head[1] == b"6" else 1)
        found.end = min(len(data), head.end() + int(head[2]) * int(head[3]) * sample)
    yield data[1:]
