"""Where a picture ends, and what its file carries beside the pixels: pure parsing of JPEG, PNG, GIF and RIFF.

What stands beside the pixels (EXIF with its thumbnail, XMP, comments, text chunks) and behind the end is looked at
by the walk like any other part.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

# shorter notes cannot hold a picture with a face: the smallest JPEG of a 12-pixel face takes over 600 bytes
NOTE = 256
_NOTES_INFLATED = 4 << 20  # bytes of one compressed PNG text chunk that are read
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


@dataclass(slots=True)
class Layout:
    """`end`: where the picture is over (the file's length when nobody can say). `notes`: what else it carries."""

    end: int
    notes: list[bytes] = field(default_factory=list)


def layout(kind: str, data: bytes) -> Layout:
    """Never raises: a broken file ends where it broke, or at its last byte.

    Of a kind without a parser here the whole file is a note: its slack and its end cannot be told from its pixels.
    """
    parse = {"jpeg": _jpeg, "png": _png, "gif": _gif, "webp": _riff}.get(kind)
    found = Layout(len(data))
    if parse is None:
        found.notes.append(data[1:])  # without the first byte it is not the picture that was looked at already
    else:
        for note in parse(data, found):
            if len(note) >= NOTE:
                found.notes.append(note)
    return found


def _jpeg(data: bytes, found: Layout) -> Iterator[bytes]:
    at = 2
    while match := _MARKER.search(data, at):
        marker, at = data[match.end() - 1], match.end()
        if marker == 0xD9:
            found.end = at
            return
        if marker in (0x01, 0xD8):
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : at + size]  # of every segment: a decoder skips what it does not know, tables too long too
        at += max(size, 2)


def _png(data: bytes, found: Layout) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        content = data[at + 8 : at + 8 + size]
        at += 12 + size
        if name == b"IEND":
            found.end = min(at, len(data))
            return
        if name == b"zTXt":
            yield _inflated(content.partition(b"\0")[2][1:])
        elif name == b"iTXt":
            _keyword, _, rest = content.partition(b"\0")
            text = rest[2:].split(b"\0", 2)[-1]
            yield _inflated(text) if rest[:1] == b"\1" else text
        elif name == b"iCCP":
            yield _inflated(content.partition(b"\0")[2][1:])
        elif name not in (b"IDAT", b"fdAT"):
            yield content
            if (inflated := _inflated(content)) is not content:  # a private chunk may be packed
                yield inflated


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(_ZLIB_OR_GZIP).decompress(data, _NOTES_INFLATED)
    except zlib.error:
        return data


def _gif(data: bytes, found: Layout) -> Iterator[bytes]:
    at = 13 + (3 << ((data[10] & 7) + 1) if len(data) > 10 and data[10] & 0x80 else 0)
    while at < len(data):
        kind = data[at]
        if kind == 0x3B:
            found.end = at + 1
            return
        if kind == 0x21:
            at, content = _blocks(data, at + 2)
            yield content
        elif kind == 0x2C and at + 9 < len(data):
            flags = data[at + 9]
            at += 10 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0) + 1
            at, _ = _blocks(data, at)
        else:
            return


def _blocks(data: bytes, at: int) -> tuple[int, bytes]:
    pieces = []
    while at < len(data) and (size := data[at]):
        pieces.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return at + 1, b"".join(pieces)


def _riff(data: bytes, found: Layout) -> Iterator[bytes]:
    size = int.from_bytes(data[4:8], "little")
    found.end = min(len(data), 8 + size + size % 2)
    at = 12
    while at + 8 <= found.end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name not in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"):
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
