"""Dumps as xxd, hexdump and od print them: an offset, bytes or words, and sometimes the same again as characters.

Records for programming memory too, as Intel and Motorola have them: an address, bytes and a checksum.
"""

import re
from collections.abc import Iterator

import numpy as np

from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.numbers import numbers
from facegate_addons.inspection.text.spelled import Run

LEAST = 24  # lines of 16 bytes, half of the smallest picture of a face
_OFFSET = re.compile(rb"\n[ \t>*#/]*(?:0x)?[0-9a-fA-F]{4}")  # with which every line begins
_HEX = re.compile(
    rb"\n[ \t>*#/]*(?:0x)?[0-9a-fA-F]{4,16}(?:h|:|\|)?[ \t|]+"
    rb"((?:[0-9a-fA-F]{2}|[0-9a-fA-F]{4}|[0-9a-fA-F]{8}|[0-9a-fA-F]{16})(?:[ \t:-]{1,3}[^\r\n|]{0,120}|(?=[\r\n])))"
)
_GROUP = re.compile(rb"[ \t:-]{0,3}([0-9a-fA-F]+)(?![^ \t:-])")
_ROW = 16  # bytes
_DECIMAL = re.compile(rb"\n[0-7]{7,}((?:[ \t]+-?\d{1,10}){2,16})[ \t\r]*(?=\n)")
_OCTAL = re.compile(rb"\n[ \t]*[0-7]{7,}[ \t]+((?:[0-7]{3}[ \t]+){1,31}[0-7]{3})[ \t\r]*(?=\n)")
_BINARY = re.compile(rb"\n[ \t]*[0-9a-fA-F]{4,16}:?[ \t]+((?:[01]{8}[ \t]+){1,15}[01]{8})")
# a record: how many bytes, an address, a type of data, the bytes, a checksum
_INTEL = re.compile(rb"\n:([0-9a-fA-F]{2})[0-9a-fA-F]{4}00((?:[0-9a-fA-F]{2}){1,255})[0-9a-fA-F]{2}\r?(?=\n)")
_MOTOROLA = re.compile(rb"\nS([123])([0-9a-fA-F]{2})([0-9a-fA-F]{8,510})\r?(?=\n)")
_CHARACTERS = re.compile(rb"\n[0-7]{7,}((?: {3}[ -~]|  \\[0abtnvfr]| [0-7]{3}){1,16})[ \t\r]*(?=\n)")
_NAMED = {b"\\0": 0, b"\\a": 7, b"\\b": 8, b"\\t": 9, b"\\n": 10, b"\\v": 11, b"\\f": 12, b"\\r": 13}


def dumps(text: bytes) -> Iterator[Run]:
    if shares.count(text, ord("\n")) < LEAST - 1:
        return
    text = b"\n" + text + b"\n"
    if len(records := _INTEL.findall(text)) >= LEAST:
        yield Run(bytes.fromhex(b"".join(row[: 2 * int(size, 16)] for size, row in records).decode()), "dump")
    elif len(records := _MOTOROLA.findall(text)) >= LEAST:
        yield Run(b"".join(_record(*record) for record in records), "dump")
    elif len(_OFFSET.findall(text)) < LEAST:
        return
    elif len(lines := _BINARY.findall(text)) >= LEAST:
        yield Run(bytes(int(token, 2) for line in lines for token in line.split()), "dump")
    elif len(lines := _OCTAL.findall(text)) >= LEAST:
        yield Run(bytes(int(token, 8) & 255 for line in lines for token in line.split()), "dump")
    elif len(lines := _DECIMAL.findall(text)) >= LEAST:
        yield from numbers(b"\n".join(lines))
    elif len(lines := _HEX.findall(text)) >= LEAST:
        digits = b"".join(map(_row, lines))
        data = bytes.fromhex(digits[: len(digits) & ~1].decode())
        yield Run(data, "dump", searched=True)
        for size in (2, 4):  # words of the machine
            cut = data[: len(data) // size * size]
            yield Run(np.frombuffer(cut, f">u{size}").byteswap().tobytes(), "dump", searched=True)
    elif len(lines := _CHARACTERS.findall(text)) >= LEAST:
        yield Run(
            bytes(map(_character, (line[at + 1 : at + 4] for line in lines for at in range(0, len(line), 4)))), "dump"
        )


def _record(kind: bytes, size: bytes, digits: bytes) -> bytes:
    """Behind an address of two to four bytes, and before a checksum."""
    return bytes.fromhex(digits[: min(len(digits), 2 * int(size, 16)) & ~1].decode())[int(kind) + 1 : -1]


def _row(line: bytes) -> bytes:
    """The digits of a row, without its characters: groups of one length, and no more than a row has."""
    digits, at, length = b"", 0, 0
    while len(digits) < 2 * _ROW and (match := _GROUP.match(line, at)):
        length = length or len(match[1])
        if len(match[1]) != length:
            break
        digits, at = digits + match[1], match.end()
    return digits if len(digits) % 2 == 0 else b""


def _character(cell: bytes) -> int:
    bare = cell.strip()
    if len(bare) == 3:
        return int(bare, 8) & 255
    return _NAMED.get(bare, bare[0] if bare else 32)
