import os
import struct
from collections.abc import Callable

import numpy as np
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:200, 100:300, 1]
CODES = {"i1": 251, "i2": 252, "i4": 253, "f4": 254, "f8": 255}


def fixed(columns: dict[str, np.ndarray], tail: bytes = b"", version: int = 114) -> bytes:
    count, rows = len(columns), len(next(iter(columns.values())))
    kinds = [CODES.get(column.dtype.str[1:], column.dtype.itemsize) for column in columns.values()]
    head = bytes([version, 2, 1, 0]) + struct.pack("<HI", count, rows) + b"a table".ljust(81, b"\0")
    head += b" 9 Oct 2012 11:02\0" + bytes(kinds) + b"".join(name.encode().ljust(33, b"\0") for name in columns)
    head += (
        bytes(2 * (count + 1)) + b"%9.0g".ljust(49, b"\0") * count + bytes(33 * count) + bytes(81 * count) + bytes(5)
    )
    table = np.rec.fromarrays(list(columns.values()), names=",".join(columns))
    return head + table.tobytes() + tail


def tagged(columns: dict[str, np.ndarray]) -> bytes:
    count, rows = len(columns), len(next(iter(columns.values())))
    kinds = [65_530 - (CODES[column.dtype.str[1:]] - 251) for column in columns.values()]
    out = b"<stata_dta><header><release>117</release><byteorder>LSF</byteorder><K>" + struct.pack("<H", count)
    out += b"</K><N>" + struct.pack("<I", rows) + b"</N><label>\0</label><timestamp>\0</timestamp></header>"
    types = len(out) + 5 + 14 * 8 + 6
    body = b"<variable_types>" + struct.pack(f"<{count}H", *kinds) + b"</variable_types>"
    start = types + len(body)
    body += b"<data>" + np.rec.fromarrays(list(columns.values())).tobytes() + b"</data>"
    places = [0, 0, types, 0, 0, 0, 0, 0, 0, start, types + len(body), 0, 0, 0]
    return out + b"<map>" + struct.pack("<14Q", *places) + b"</map>" + body + b"<strls></strls></stata_dta>"


YEARS = np.arange(1959, 2009, dtype="i2")
RATES = np.linspace(1, 9, 50)
NAMES = np.array([b"Ohio"] * 50, "S12")


def test_tables_are_clear(look: Look) -> None:
    for version in (114, 115):
        table = fixed({"year": YEARS, "rate": RATES, "place": NAMES}, b"labels\0" * 9, version)
        assert look(table) == Clear("stata")
    assert look(tagged({"year": YEARS, "rate": RATES})) == Clear("stata")


def test_a_table_is_a_picture_and_so_is_a_column(look: Look) -> None:
    table = {f"v{number}": column.astype("f4") for number, column in enumerate(FACE.T)}
    assert isinstance(look(fixed(table)), Faces)
    assert isinstance(look(tagged(table)), Faces)
    table["v9"] = np.where(table["v9"] > 99, np.float32(1.7e38), table["v9"])  # numbers that are missing
    assert isinstance(look(fixed(table)), Faces)
    assert isinstance(look(fixed({"all": FACE.reshape(-1).astype("i2")})), Faces)


def test_what_hides_in_it(look: Look, face_jpeg: bytes) -> None:
    noise = os.urandom(40_000)
    assert isinstance(look(fixed({"year": YEARS}, face_jpeg)), Faces)
    assert isinstance(look(fixed({"year": YEARS}, noise)), Unreadable)
    assert isinstance(look(fixed({"text": np.frombuffer(noise, "S200")})), Unreadable)
    assert isinstance(look(fixed({"bytes": np.frombuffer(noise, "i1")})), Unreadable)
    pieces = np.frombuffer(face_jpeg + bytes(-len(face_jpeg) % 200), "S200")
    assert isinstance(look(fixed({"text": pieces})), Faces | Unreadable)
    assert isinstance(look(fixed({"year": YEARS, "rate": RATES})[:-9]), Unreadable)
    assert isinstance(look(tagged({"year": YEARS}).replace(b"<data>", b"<date>")), Unreadable)
