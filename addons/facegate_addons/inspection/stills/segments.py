"""JPEG: its marker segments, one by one and, of those that come in pieces, joined; and the thumbnails in them."""

import re
from collections import defaultdict
from collections.abc import Iterator

from facegate_addons.inspection.stills.directories import thumbnails
from facegate_addons.inspection.stills.structure import PRIVATE, Layout

_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
# what each piece of a sequence begins with: a profile's with number and count, extended XMP's with digest, size, offset
_HEADS = {b"ICC_PROFILE\0": 14, b"http://ns.adobe.com/xmp/extension/\0": 75}
# segments by their first bytes that cameras and editors write, however large
_KNOWN = (
    *_HEADS,
    *(b"Exif\0", b"http://ns.adobe.com/", b"Photoshop 3.0\0", b"Adobe", b"JFIF\0", b"JFXX\0"),
    *(b"MPF\0", b"FPXR\0", b"JP\0", b"Ducky", b"urn:iso:std:iso:ts:21496", b"HDR_RI", b"AROT\0", b"CIFF", b"NITF"),
)
_TABLES = frozenset([0xC4, 0xDB, 0xDD, 0xDA, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xD0)])


def jpeg(data: bytes, found: Layout) -> Iterator[bytes]:
    at = 2
    pieces: dict[tuple[int, bytes], list[bytes]] = defaultdict(list)
    while match := _MARKER.search(data, at):
        marker, at = data[match.end() - 1], match.end()
        if marker == 0xD9:
            found.end = at
            break
        if marker in (0x01, 0xD8):
            continue
        size = int.from_bytes(data[at : at + 2], "big")
        content = data[at + 2 : at + size]
        name = next((head for head in _KNOWN if content.startswith(head)), b"")
        if name not in _HEADS:
            yield content  # of every segment: a decoder skips what it does not know, tables too long too
        pieces[marker, name].append(content)
        if marker == 0xE0:
            found.inner.extend(_jfif(content))
        elif content.startswith(b"Exif\0"):
            found.inner.extend(thumbnails(content[6:]))
        at += max(size, 2)
    for (marker, name), several in pieces.items():
        if name in _HEADS:
            for order in {tuple(several), tuple(sorted(several))}:  # as they come, and as they are numbered
                yield b"".join(piece[_HEADS[name] :] for piece in order)
        elif marker not in _TABLES and (len(several) > 1 or not name):
            joined = b"".join(several)
            if name:
                yield joined
            elif len(several) > 1 or len(joined) > PRIVATE:
                found.private(joined)


def _jfif(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Uncompressed thumbnails (JFIF 1.02, pages 5 to 8), as portable pixmaps."""
    if content.startswith(b"JFIF\0") and len(content) > 14:
        width, height, pixels = content[12], content[13], content[14:]
    elif content.startswith(b"JFXX\0\x13") and len(content) > 8:
        width, height, pixels = content[6], content[7], content[8:]
    elif content.startswith(b"JFXX\0\x11") and len(content) > 776:
        width, height, palette = content[6], content[7], content[8:776]
        pixels = b"".join(palette[3 * index : 3 * index + 3] for index in content[776:])
    else:
        return
    size = 3 * width * height
    if size and len(pixels) >= size:
        yield "pnm", b"P6 %d %d 255\n" % (width, height) + pixels[:size]
