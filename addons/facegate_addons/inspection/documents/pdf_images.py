"""Pixels that a PDF holds without a format of their own: rows of samples, as its dictionary describes them."""

import re
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facegate_addons.inspection.documents.pdf_streams import Stream

_HEX_TABLE = re.compile(rb"/Indexed[\s\0]*/Device(RGB|Gray|CMYK)[\s\0]*(\d+)[\s\0]*<([0-9A-Fa-f\s]*)>")
_INVERTED = re.compile(rb"/D(?:ecode)?[\s\0]*\[[\s\0]*1[.\s\0]")


def pixels(stream: Stream, samples: bytes) -> NDArray[np.uint8] | None:
    """(h, w, 3), or None when the dictionary does not say how to read them. What the palette is may stand elsewhere."""
    width, height = stream.number(b"Width") or stream.number(b"W"), stream.number(b"Height") or stream.number(b"H")
    depth = 1 if re.search(rb"/ImageMask[\s\0]*true", stream.head) else stream.number(b"BitsPerComponent", 8)
    if min(width, height) <= 0 or depth not in (1, 2, 4, 8, 16):
        return None
    table = _HEX_TABLE.search(stream.head)
    if b"/Indexed" in stream.head and table is None:
        return None
    # some writers leave bytes behind the last row
    for colours, slack in ((1, 0), (3, 0), (4, 0), (3, 1), (1, 1), (4, 1)):
        row = (width * colours * depth + 7) // 8
        predictor = stream.number(b"Predictor", 1)
        if predictor >= 10:
            if abs(len(samples) - (row + 1) * height) > row * slack:
                continue
            plain = unfiltered(samples, row, max(1, colours * depth // 8))
        elif predictor != 1 or not row * height <= len(samples) <= row * (height + slack):
            continue
        else:
            plain = samples
        values = _spread(plain, width * colours, height, row, depth)
        shades = values.reshape(height, width, colours)
        rgb = _palette(shades, table) if table else _rgb(shades)
        return 255 - rgb if rgb is not None and _INVERTED.search(stream.head) else rgb
    return None


def unfiltered(samples: bytes, row: int, step: int) -> bytes:
    """PNG's predictors undone, line by line."""
    whole: NDArray[Any] = np.zeros(row, np.uint8)
    out = bytearray()
    for at in range(0, len(samples) - row, row + 1):
        line: NDArray[Any] = np.frombuffer(samples, np.uint8, row, at + 1)
        match samples[at]:
            case 0:
                whole = line
            case 2:
                whole = line + whole
            case 1:
                whole = _left(line, step)
            case kind:
                whole = _slow(line, whole, step, kind)
        out += whole.tobytes()
    return bytes(out)


def _left(line: NDArray[Any], step: int) -> NDArray[Any]:
    padded = np.concatenate([line, np.zeros(-len(line) % step, np.uint8)]).reshape(-1, step)
    return np.cumsum(padded, axis=0, dtype=np.uint8).reshape(-1)[: len(line)]


def _slow(line: NDArray[Any], above: NDArray[Any], step: int, kind: int) -> NDArray[Any]:
    """The average and Paeth's."""
    now, up = bytearray(line.tobytes()), above.tobytes()
    for i in range(len(now)):
        a, b = (now[i - step] if i >= step else 0), up[i]
        if kind == 3:
            now[i] = (now[i] + (a + b) // 2) & 255
        else:
            c = up[i - step] if i >= step else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            now[i] = (now[i] + nearest) & 255
    return np.frombuffer(bytes(now), np.uint8)


def _spread(data: bytes, columns: int, height: int, row: int, depth: int) -> NDArray[np.uint8]:
    """One byte a sample."""
    lines = np.frombuffer(data[: row * height].ljust(row * height, b"\0"), np.uint8).reshape(height, row)
    if depth == 8:
        return lines
    if depth == 16:
        return lines[:, ::2]
    bits = np.unpackbits(lines, axis=1)[:, : columns * depth].reshape(height, columns, depth)
    weights = 1 << np.arange(depth - 1, -1, -1)
    return np.asarray((bits @ weights), np.uint8)


def _rgb(shades: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if shades.max(initial=0) < 16 and shades.size:  # fewer than eight bits a sample
        shades = np.asarray(shades * np.uint8(255 // max(1, int(shades.max()))), np.uint8)
    if shades.shape[2] == 4:
        key = 255 - shades[:, :, 3:].astype(np.uint16)
        shades = ((255 - shades[:, :, :3].astype(np.uint16)) * key // 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(shades, (*shades.shape[:2], 3)))


def _palette(shades: NDArray[np.uint8], table: re.Match[bytes]) -> NDArray[np.uint8] | None:
    colours = {b"RGB": 3, b"Gray": 1, b"CMYK": 4}[table[1]]
    digits = table[3].translate(None, b" \t\r\n\f\0")
    entries: NDArray[Any] = np.frombuffer(bytes.fromhex(digits[: len(digits) & ~1].decode()), np.uint8)
    entries = entries[: len(entries) - len(entries) % colours].reshape(-1, colours)
    if not len(entries):
        return None
    chosen: NDArray[Any] = entries[np.minimum(shades[:, :, 0], len(entries) - 1)]
    return _rgb(chosen)


def fax(stream: Stream, data: bytes, *, black: bool) -> bytes | None:
    """A TIFF around a CCITT stream, as its parameters say. `black`: zeros are."""
    width = stream.number(b"Columns", 1728)
    height = stream.number(b"Height") or stream.number(b"Rows")
    group = re.search(rb"/K[\s\0]*(-?\d+)", stream.head)
    kind = int(group[1]) if group else 0
    if min(width, height) <= 0:
        return None
    tags = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 4 if kind < 0 else 3), (262, 3, int(black))]
    tags += [(273, 4, 8 + 2 + 12 * 9 + 4), (278, 4, height), (279, 4, len(data)), (292, 4, int(kind > 0))]
    rows = b"".join(struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", value) for tag, kind, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + rows + bytes(4) + data
