"""`ar` archives: static libraries and Debian packages. A header of text before each member, on even offsets."""

import re
from collections.abc import Iterator

from facegate_addons.inspection.containers.slack import Slack
from facegate_addons.inspection.parts import Part, Piece, Source

_MAGIC = b"!<arch>\n"
_HEAD = 60
_LONG = re.compile(rb"#1/(\d{1,5}) *")  # BSD: the name comes before the data, and counts as such
# tables of symbols and of long names, which only a linker reads
_TABLES = re.compile(rb"/ *|// *|/SYM64/ *|__\.SYMDEF.*")

_IMPORT, _STUB = b"\0\0\xff\xff", 4 << 10  # of a Windows library: a name and a number


def ars(source: Source) -> Iterator[Piece]:
    data, at, number, beside = source.data, len(_MAGIC), 0, Slack()
    while data[at + 58 : at + _HEAD] == b"`\n":
        source.budget.tick()
        head = data[at : at + _HEAD]
        size = int(head[48:58])
        body = data[at + _HEAD : at + _HEAD + size]
        if size < 0 or len(body) < size:
            raise EOFError
        beside.note(head)
        at += _HEAD + size
        name = head[:16]
        if long := _LONG.fullmatch(name):
            name, body = body[: int(long[1])].rstrip(b"\0"), body[int(long[1]) :]
            beside.note(name)
        number += 1
        if _TABLES.fullmatch(name) or (size < _STUB and body.startswith(_IMPORT)):
            beside.note(body)
        elif body:
            yield Part(body, f"member {number}")
        if at % 2 and data[at : at + 1] in (b"\n", b"\0"):
            at += 1
    yield from beside.add(data[at:], "after the archive")
    yield from beside.notes()
