"""Lists of numbers in which a face is found, and tables in which nothing is."""

import json
import math
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.text.numbers import numbers
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def signed(data: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in data]


def words(data: bytes, letter: str, order: str = "<") -> tuple[int, ...]:
    size = struct.calcsize(f"{order}{letter}")
    data += bytes(-len(data) % size)
    return struct.unpack(f"{order}{len(data) // size}{letter}", data)


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "json": lambda d: json.dumps(list(d)),
    "spaces": lambda d: " ".join(map(str, d)),
    "lines": lambda d: "\n".join(map(str, d)),
    "semicolons": lambda d: "; ".join(map(str, d)),
    "three digits": lambda d: " ".join(f"{b:03d}" for b in d),
    "a script's": lambda d: f"String.fromCharCode({','.join(map(str, d))})",
    "wrapped in lines": lambda d: json.dumps(list(d), indent=2),
    "quoted": lambda d: json.dumps([str(b) for b in d]),
    "indexed object": lambda d: json.dumps({str(n): b for n, b in enumerate(d)}),
    "rows with an index": lambda d: "\n".join(f"{n},{b}" for n, b in enumerate(d)),
    "rows of four columns": lambda d: "\n".join(f"{n};{n % 7};{b};1" for n, b in enumerate(d)),
    "after other numbers": lambda d: json.dumps([1000 + n for n in range(900)] + list(d)),
    "signed": lambda d: json.dumps(signed(d)),
    "signed words": lambda d: json.dumps(words(d, "h")),
    "little words": lambda d: json.dumps(words(d, "H")),
    "big words": lambda d: json.dumps(words(d, "H", ">")),
    "little double words": lambda d: json.dumps(words(d, "I")),
    "big double words": lambda d: json.dumps(words(d, "I", ">")),
    "signed double words": lambda d: json.dumps(words(d, "i")),
    "parts of one": lambda d: json.dumps([b / 255 for b in d]),
    "parts of one, rounded": lambda d: " ".join(f"{b / 255:.3f}" for b in d),
    "from minus one": lambda d: json.dumps([round(b / 127.5 - 1, 5) for b in d]),
    "binary": lambda d: " ".join(f"{b:08b}" for b in d),
    "binary without spaces": lambda d: "".join(f"{b:08b}" for b in d),
    "octal": lambda d: " ".join(f"{b:03o}" for b in d),
    "octal without spaces": lambda d: "".join(f"{b:03o}" for b in d),
    "decimal without spaces": lambda d: "".join(f"{b:03d}" for b in d),
    "hex list": lambda d: ", ".join(f"0x{b:02x}" for b in d),
    "short hex list": lambda d: ", ".join(f"0x{b:x}" for b in d),
    "hex, quoted": lambda d: json.dumps([f"{b:02X}" for b in d]),
    "hex with colons": lambda d: d.hex(":"),
    "hex with spaces": lambda d: d.hex(" "),
    "hex words": lambda d: " ".join(f"0x{w:04x}" for w in words(d, "H")),
    "hex double words": lambda d: ",\n".join(f"0x{w:08X}UL" for w in words(d, "I")),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(f"x = {write(face_as(size=(128, 128)))}".encode()), Faces)
    assert isinstance(look(write(plain_as(size=(120, 80))).encode()), Clear)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_of_other_kinds(kind: str, look: Look, face_as: Callable[..., bytes]) -> None:
    for spelling in ("json", "rows with an index", "big words", "parts of one"):
        assert isinstance(look(SPELLINGS[spelling](face_as(kind, (128, 128))).encode()), Faces)


DRAW = random.Random(6)
TABLES = {
    "CRC": [zlib.crc32(bytes([n])) for n in range(256)],
    "CRC, hex": " ".join(f"0x{zlib.crc32(bytes([n])):08x}" for n in range(256)),
    "a sine": [round(math.sin(n / 500), 6) for n in range(4_000)],
    "a permutation": [DRAW.sample(range(256), 256) for _ in range(4)],
    "coordinates": [[[round(DRAW.uniform(-180, 180), 4), round(DRAW.uniform(-90, 90), 4)]] for _ in range(3_000)],
    "small steps": [[DRAW.randint(-60, 60), DRAW.randint(-60, 60)] for _ in range(20_000)],
    "colours": [f"#{DRAW.randrange(1 << 24):06x}" for _ in range(2_000)],
    "measurements": [[n, DRAW.gauss(100, 20), DRAW.randrange(5), DRAW.random()] for n in range(5_000)],
    "widths of letters": [int(DRAW.gauss(110, 30)) & 255 for _ in range(8_000)],
}


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_clear(table: str, look: Look) -> None:
    assert isinstance(look(json.dumps(TABLES[table]).encode()), Clear)


def test_encrypted_bytes_are_not_clear(look: Look) -> None:
    verdict = look(json.dumps(list(DRAW.randbytes(9_000))).encode())
    assert verdict.why is Reason.OPAQUE_TEXT  # type: ignore[union-attr]  # fails when clear


@given(st.binary(max_size=500), st.lists(st.integers(-(10**12), 10**12), max_size=300))
def test_never_raises(data: bytes, values: list[int]) -> None:
    list(numbers(data * 9))
    list(numbers(json.dumps(values * 9).encode()))
    list(numbers(b"0." * 3_000 + b"-1" * 900 + data))
