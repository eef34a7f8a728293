"""Kinds of documents, programs and their data by their first bytes, and those that no single magic tells."""

import re
import struct
from collections.abc import Callable

_MAGICS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xfe\xed\xfa\xce", "macho"),
    (0, b"\xfe\xed\xfa\xcf", "macho"),
    (0, b"\xce\xfa\xed\xfe", "macho"),
    (0, b"\xcf\xfa\xed\xfe", "macho"),
    (0, b"!<arch>\n", "ar"),
    (0, b"\x93NUMPY", "npy"),
    (0, b"\xde\x12\x04\x95", "mo"),
    (0, b"\x95\x04\x12\xde\0", "mo"),
    (0, b"TZif", "timezone"),
    (8, b"AIFC", "aiff"),
    (0, b"glTF\1\0\0\0", "glb"),
    (0, b"glTF\2\0\0\0", "glb"),
    (36, b"acsp", "icc"),
    (0, b"bplist00", "plist"),
    (0, b"\0\0\0\1Bud1\0\0", "folder"),
    (0, b"<stata_dta><header><release>117</release>", "stata"),
    (2, b"RCopyright", "bcmap"),
    # known, and refused by name
    (0, b"\xabKTX ", "texture"),
    (0, b"DRACO\1", "mesh"),
    (0, b"DRACO\2", "mesh"),
    (0, b"FWS", "flash"),
    (0, b"CWS", "flash"),
    (0, b"ZWS", "flash"),
)
_BY_FIRST = tuple(tuple(magic for magic in _MAGICS if magic[0] or magic[1][0] == first) for first in range(256))
_MACHINES = (0x14C, 0x8664, 0xAA64, 0x1C4)
_CLASS = 45  # the version of the first Java; a universal program has fewer parts


def kind(data: bytes) -> str:
    """The name of the kind, or ""."""
    for offset, magic, name in _BY_FIRST[data[0]] if data else ():
        if data.startswith(magic, offset) and (name != "flash" or _flash(data)):
            return name
    if len(data) < 20:
        return ""
    return next((name for name, fits in _WEAK_BY_FIRST[data[0]] if fits(data)), "")


def _flash(data: bytes) -> bool:
    """A version, and a length: text has no zero there."""
    return len(data) >= 8 and 0 < data[3] < 64 and 0 in data[4:8]


def _pdf(data: bytes) -> bool:
    """Readers look for the magic in the first kilobyte; so do scripts that tell files apart, without an object."""
    start = data.find(b"%PDF-", 0, 1_029)
    return start >= 0 and data[start + 5 : start + 6].isdigit() and re.search(rb"\d\s+obj\b", data) is not None


def _eot(data: bytes) -> bool:
    """Embedded OpenType: its length first, a version and a magic number far behind it."""
    if len(data) < 82 or data[34:36] != b"LP":
        return False
    total, size, version = struct.unpack_from("<3I", data)
    return version in (0x10000, 0x20001, 0x20002) and (size < total or total == len(data))


def _universal(data: bytes) -> bool:
    return data.startswith(b"\xca\xfe\xba\xbe") and int.from_bytes(data[4:8], "big") < _CLASS


def _java(data: bytes) -> bool:
    return data.startswith(b"\xca\xfe\xba\xbe")


def _pe(data: bytes) -> bool:
    return data.startswith(b"MZ") and len(data) > 64 and int.from_bytes(data[60:64], "little") < len(data)


def _pyc(data: bytes) -> bool:
    """A version, and a marshalled code object behind a head of 16, 12 or 8 bytes."""
    return (
        data[2:4] == b"\r\n"
        and data[1] in (0x0C, 0x0D, 0x0E, 0xF2, 0xF3)
        and (b"\xe3" in (data[8:9], data[12:13], data[16:17]) or (data[1] > 0x0E and data[8:9] == b"c"))
    )


def _der(data: bytes) -> bool:
    size = int.from_bytes(data[2:4], "big")
    return data[:2] == b"\x30\x82" and size == len(data) - 4 and data[4] in (0x02, 0x06, 0x30)


def _pfb(data: bytes) -> bool:
    return data[:2] == b"\x80\1" and data[6:8] == b"%!"


def _cff(data: bytes) -> bool:
    """Compact outlines without a font around: one name, whose offsets begin with 1."""
    return data[:3] == b"\1\0\4" and 0 < data[3] < 5 and data[4:6] == b"\0\1" and data[6:8] == b"\1\1"


def _terminal(data: bytes) -> bool:
    """terminfo: five counts, whose tables end within the file."""
    if data[:2] not in (b"\x1a\1", b"\x1e\2"):
        return False
    counts: tuple[int, ...] = struct.unpack_from("<5H", data, 2)
    names, flags, numbers, strings, table = counts
    width = 2 if data[0] == 0x1A else 4
    least = 12 + names + flags + width * numbers + 2 * strings + table
    return 0 < names < 256 and least <= len(data) <= 1 << 15


def _coff(data: bytes) -> bool:
    fields: tuple[int, ...] = struct.unpack_from("<HHIIIH", data)
    machine, sections, _time, symbols, number, optional = fields
    return (
        machine in _MACHINES
        and 0 < sections < 4_096
        and not optional
        and 20 + 40 * sections <= symbols <= len(data)
        and symbols + 18 * number <= len(data)
    )


def _pickle(data: bytes) -> bool:
    """Of protocol 2 or later: it ends with the opcode to stop, and begins with one that a program begins with."""
    return data[0] == 0x80 and 2 <= data[1] <= 5 and data[2] in b"(]}c\x95KMJGXBCTU\x8a\x8c)N" and data[-1:] == b"."


def _mat(data: bytes) -> bool:
    return data.startswith(b"MATLAB 5.0") and data[126:128] in (b"IM", b"MI")


def _mat4(data: bytes) -> bool:
    """The first head of version 4: a type, a size, and the name."""
    order = "<" if data[2:4] == b"\0\0" else ">"
    kind, _rows, _columns, imaginary, named = struct.unpack_from(order + "5I", data)
    return (
        (kind // 1_000, kind // 100 % 10) == (int(order == ">"), 0)
        and kind // 10 % 10 < 6
        and kind % 10 < 3
        and imaginary < 2
        and 1 < named <= 64
        and data[19 + named : 20 + named] == b"\0"
        and data[20 : 19 + named].decode("latin-1").isidentifier()
    )


def _stata(data: bytes) -> bool:
    """Versions 113 to 115; behind the names there is the time, as text."""
    return (
        data[0] in (113, 114, 115)
        and data[1] in (1, 2)
        and data[2:4] == b"\1\0"
        and (data[108:109] == b"\0" and (data[91:92] == b"\0" or data[91:108].rstrip(b"\0").isascii()))
    )


def _graph(data: bytes) -> bool:
    """Nodes, and of each how many edges it has and where they lead, to the end."""
    nodes, places = int.from_bytes(data[:2], "little"), len(data) // 2
    if len(data) % 2 or len(data) > 1 << 16 or not 1 < nodes <= 4_096 or nodes >= places:
        return False
    values = struct.unpack_from(f"<{places}H", data)
    at = 1
    for _ in range(nodes):
        if at >= places:
            return False
        at += 1 + values[at]
    return at == places


def _tensors(data: bytes) -> bool:
    return data[8:10] == b'{"' and int.from_bytes(data[:8], "little") < len(data)


# a string of a script with a module's first bytes, its version written as the bytes that they are
_MODULE = re.compile(rb"['\"`](?:\\0|\\x00|\0)asm\x01")


def _literals(data: bytes) -> bool:
    return b"\x01" in data and b"asm\x01" in data and _MODULE.search(data) is not None


# kind -> what tells it, and the first bytes it may have; any, when none are given
_WEAK: tuple[tuple[str, Callable[[bytes], bool], bytes], ...] = (
    ("literals", _literals, b""),
    ("pdf", _pdf, b""),
    ("eot", _eot, b""),
    ("universal", _universal, b"\xca"),
    ("class", _java, b"\xca"),
    ("pe", _pe, b"M"),
    ("pyc", _pyc, b""),
    ("der", _der, b"\x30"),
    ("pfb", _pfb, b"\x80"),
    ("cff", _cff, b"\1"),
    ("terminfo", _terminal, b"\x1a\x1e"),
    ("coff", _coff, bytes(machine & 255 for machine in _MACHINES)),
    ("mat", _mat, b""),
    ("stata", _stata, b""),
    ("pickle", _pickle, b""),
    ("safetensors", _tensors, b""),
)
_WEAK_BY_FIRST = tuple(
    tuple((name, fits) for name, fits, begins in _WEAK if not begins or first in begins) for first in range(256)
)


def _iwa(data: bytes) -> bool:
    """Chunks of Snappy with a zero and their length in front, to the end."""
    at = 0
    while at + 5 <= len(data) and not data[at]:
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        if not 1 < size <= 1 << 17:
            return False
        at += 4 + size
    return at == len(data) > 0


def _shapefile(data: bytes) -> bool:
    return (
        data[:4] == b"\0\0\x27\x0a"
        and data[28:32] == b"\xe8\3\0\0"
        and 2 * int.from_bytes(data[24:28], "big") == len(data) >= 100
    )


def _addresses(data: bytes) -> bool:
    return data[:2] == b"\0\0" and data.rfind(b"\xab\xcd\xefMaxMind.com", max(0, len(data) - (1 << 17))) >= 0


def _dbase(data: bytes) -> bool:
    """A date, and sizes that fit."""
    if data[0] not in (3, 0x30, 0x83, 0x8B, 0xF5) or not (0 < data[2] < 13 and 0 < data[3] < 32) or len(data) < 33:
        return False
    rows, start, width = struct.unpack_from("<IHH", data, 4)
    return start > 32 and 0 <= len(data) - start - rows * width <= 1 and data[start - 1 : start] == b"\r"


def last(data: bytes) -> str:
    """Kinds without a magic, which other kinds may look like: to be asked when nothing else fits."""
    if _iwa(data):
        return "iwa"
    if len(data) < 20:
        return ""
    return next((name for name, fits in _LAST.items() if fits(data)), "")


_LAST = {"shapefile": _shapefile, "addresses": _addresses, "dbase": _dbase, "mat4": _mat4, "graph": _graph}
