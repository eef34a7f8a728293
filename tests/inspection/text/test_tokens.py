"""Lists of numbers with anything between them in which a face is found, and records in which nothing is."""

import json
import pickle
import plistlib
import random
import struct
import xmlrpc.client
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.text import tokens as module
from facegate_addons.inspection.text.tokens import tokens
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def each(template: str, join: str = ",") -> Callable[[bytes], str]:
    return lambda data: join.join(template.format(byte, at=at, row=at * 10) for at, byte in enumerate(data))


def rows(head: str, template: str, join: str = ",") -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        parts = (data[at : at + 8] for at in range(0, len(data), 8))
        return "\n".join(head.format(at * 10) + join.join(map(template.format, part)) for at, part in enumerate(parts))

    return write


def integers(size: int, order: str, template: str = "{}", join: str = ",") -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        parts = (data[at : at + size].ljust(size, b"\0") for at in range(0, len(data), size))
        return join.join(template.format(int.from_bytes(part, order)) for part in parts)  # type: ignore[arg-type]

    return write


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "objects": lambda d: json.dumps([{"v": byte} for byte in d]),
    "objects with more": lambda d: json.dumps([{"id": n, "v": byte, "w": 7} for n, byte in enumerate(d)]),
    "objects with more or less": lambda d: json.dumps(
        [{"v": byte} | ({"n": n} if n % 3 else {}) for n, byte in enumerate(d)]
    ),
    "rows of six": lambda d: "\n".join(f"{n},1,2,3,4,{byte}" for n, byte in enumerate(d)),
    "a property list": lambda d: plistlib.dumps(list(d)).decode(),
    "XML-RPC": lambda d: xmlrpc.client.dumps((list(d),)),
    "a pickle": lambda d: pickle.dumps(list(d), 0).decode(),
    "casts": each("(byte){}"),
    "signed casts": lambda d: ",".join(f"(byte){byte - 256 if byte > 127 else byte}" for byte in d),
    "suffixes": each("{}u8", ", "),
    "BASIC": rows("{} DATA ", "{}"),
    "crosses": each("{}", "x"),
    "calls": each("chr({})", "+"),
    "assignments": each("w[{at}]={};", ""),
    "octal": each("\\o{{{:o}}}", ""),
    "octal of C": each("0{:o}"),
    "octal of Rust": each("0o{:o}"),
    "24-bit words": integers(3, "big"),
    "48-bit words": integers(6, "big"),
    "64-bit words": integers(8, "little"),
    "64-bit words of a script": integers(8, "big", "{}n", "\n"),
    "32-bit words in tags": integers(4, "little", "<i>{}</i>", ""),
    "16-bit words in calls": integers(2, "little", "w({})", ";"),
    "signed 64-bit words": lambda d: "n, ".join(map(str, struct.unpack(f">{len(d) // 8}q", d[: len(d) & ~7]))),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(f"x = {write(face_as(size=(96, 96)))}".encode()), Faces)
    assert isinstance(look(write(plain_as(size=(120, 80))).encode()), Clear)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_of_other_kinds(kind: str, look: Look, face_as: Callable[..., bytes]) -> None:
    for spelling in ("objects with more", "calls", "64-bit words", "BASIC"):
        assert isinstance(look(SPELLINGS[spelling](face_as(kind, (96, 96))).encode()), Faces)


DRAW = random.Random(8)
BENIGN: dict[str, str] = {
    "people": json.dumps(
        [{"id": n, "age": DRAW.randint(1, 99), "kg": DRAW.randint(20, 140), "m": DRAW.random()} for n in range(6_000)]
    ),
    "addresses": "\n".join(
        ".".join(str(DRAW.randint(1, 254)) for _ in range(4)) + f" {DRAW.randint(1, 9)}" for _ in range(6_000)
    ),
    "versions": json.dumps({f"p{n}": f"^{DRAW.randint(0, 40)}.{DRAW.randint(0, 250)}.{n}" for n in range(6_000)}),
    "colours": ";".join(f"rgb({n % 256}, {n * 7 % 256}, {n * 31 % 256})" for n in range(6_000)),
    "measurements": "\n".join(f"{n},{DRAW.gauss(128, 30):.0f},{DRAW.gauss(90, 9):.2f}" for n in range(8_000)),
    "identifiers": json.dumps([{"id": DRAW.randrange(1 << 63)} for _ in range(3_000)]),
    "days": "\n".join(f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:00Z" for n in range(6_000)),
}


@pytest.mark.parametrize("table", BENIGN)
def test_records_are_clear(table: str, look: Look) -> None:
    assert isinstance(look(BENIGN[table].encode()), Clear)


@pytest.mark.parametrize("spelling", ["objects", "objects with more", "rows of six", "XML-RPC", "assignments"])
def test_encrypted_bytes_are_not_clear(spelling: str, look: Look) -> None:
    verdict = look(SPELLINGS[spelling](DRAW.randbytes(9_000)).encode())
    assert verdict.why is Reason.OPAQUE_TEXT  # type: ignore[union-attr]  # fails when clear


def test_a_module_in_records_is_named(look: Look) -> None:
    """Of WebAssembly, of which a custom section is random: its magic stands before the window that is."""
    custom = b"\x01x" + DRAW.randbytes(9_998)
    module = b"\0asm\1\0\0\0" + b"\0\x90\x4e" + custom
    verdict = look(SPELLINGS["objects"](module).encode())
    assert verdict == look(module) or isinstance(verdict, Clear)


@given(st.binary(max_size=500), st.lists(st.integers(-(10**25), 10**25), max_size=300))
def test_never_raises(data: bytes, values: list[int]) -> None:
    list(tokens(data * 9))
    list(tokens(json.dumps(values * 9).encode()))
    list(tokens(b"255,216,255,224" * 900 + data))


@pytest.mark.parametrize("part", [5, 64, 1_000])
def test_parts_are_as_good_as_the_whole(part: int) -> None:
    text = ",".join(map(str, b"\x1f\x8b\x08\0\0\0\0\0\0\3" + random.Random(3).randbytes(1_500))).encode()
    whole = list(tokens(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PART", part)
        assert list(tokens(text)) == whole
    assert whole
