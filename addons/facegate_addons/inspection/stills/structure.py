"""Where a picture ends, and what its file carries beside the pixels: pure parsing, one module a family of formats.

What stands beside the pixels (EXIF with its thumbnail, XMP, comments, text chunks), behind the last row and behind the
end is looked at by the walk like any other part.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from facegate_addons.inspection.stills.profiles import profiles, twisted

# shorter notes cannot hold a picture with a face: the smallest JPEG of a 12-pixel face takes over 600 bytes
NOTE = 256
# bytes that a file may carry beside its picture without anybody knowing what they are: a camera's or an editor's own
# settings. With more, they have to be something that is known.
PRIVATE = 1 << 10


@dataclass(slots=True)
class Layout:
    """`end`: where the picture is over (the file's length when nobody can say). `notes`: what else it carries.

    `coded` is a picture's own data, in which another may stand behind the last row. `parts` are what nobody can tell
    from a hidden picture unless it is known. `inner` are pictures that the file has beside the first one, each as
    (kind, bytes) that its decoder takes.
    """

    end: int
    notes: list[bytes] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    inner: list[tuple[str, bytes]] = field(default_factory=list)
    coded: list[bytes] = field(default_factory=list)
    unfollowed: bool = False  # there is more than is parsed
    twisted: bool = False  # a colour profile puts levels in another order

    def private(self, data: bytes) -> None:
        """Bytes of the file's writer's own, or behind what the picture needs."""
        if len(data.strip(b"\0\xff \r\n")) > PRIVATE:
            self.parts.append(data)
        elif len(data) >= NOTE:
            self.notes.append(data)


type Parser = Callable[[bytes, Layout], Iterator[bytes]]


def layout(kind: str, data: bytes) -> Layout:
    """Never raises: a broken file ends where it broke, or at its last byte.

    Of a kind without a parser here the whole file is a note: its slack and its end cannot be told from its pixels.
    """
    found = Layout(len(data))
    if (parse := _parser(kind)) is None:
        found.twisted = any(map(twisted, profiles(data)))
        found.notes.append(data[1:])  # without the first byte it is not the picture that was looked at already
    else:
        for note in _whole(parse, data, found):
            if len(note) >= NOTE:
                found.notes.append(note)
            found.twisted = found.twisted or any(map(twisted, profiles(note)))
    return found


def _whole(parse: Parser, data: bytes, found: Layout) -> Iterator[bytes]:
    try:
        yield from parse(data, found)
    except struct.error:  # cut off within its head
        yield data[1:]


@cache
def _parser(kind: str) -> Parser | None:
    from facegate_addons.inspection.stills import (
        boxes,
        chunks,
        directories,
        rows,
        segments,
        textures,
    )  # each needs a Layout

    parsers: dict[str, Parser] = {
        "jpeg": segments.jpeg,
        "png": chunks.png,
        "webp": chunks.riff,
        "gif": chunks.gif,
        "tiff": directories.tiff,
        "bmp": rows.bmp,
        "psd": rows.psd,
        "pnm": rows.pnm,
        "dds": textures.dds,
        "jp2": boxes.jp2,
        "icns": boxes.icns,
    }
    return parsers.get(kind)
