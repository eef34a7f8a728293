import base64
import gzip
import json
import random
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.text.radix import as_number, numerals, radix
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
OF_45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
OF_91 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~"'
B85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def base45(data: bytes) -> str:
    values = [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]
    return "".join(OF_45[v % 45] + OF_45[v // 45 % 45] + OF_45[v // 2025] for v in values)


def base91(data: bytes) -> str:
    out, bits, count = "", 0, 0
    for byte in data:
        bits |= byte << count
        count += 8
        if count > 13:
            taken = 13 if bits & 8191 > 88 else 14
            value = bits & (1 << taken) - 1
            bits, count = bits >> taken, count - taken
            out += OF_91[value % 91] + OF_91[value // 91]
    if not count:
        return out
    return out + OF_91[bits % 91] + (OF_91[bits // 91] if count > 7 or bits > 90 else "")


def written(data: bytes, digits: str) -> str:
    number, out = int.from_bytes(data), []
    while number:
        number, digit = divmod(number, len(digits))
        out.append(digits[digit])
    return "".join(reversed(out))


def z85(data: bytes) -> str:
    return base64.b85encode(data + bytes(-len(data) % 4)).decode().translate(str.maketrans(B85, Z85))


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "ascii85": lambda d: base64.a85encode(d).decode(),
    "ascii85, Adobe": lambda d: base64.a85encode(d, adobe=True, wrapcol=72).decode(),
    "base85": lambda d: base64.b85encode(d).decode(),
    "base85 in lines": lambda d: "\n".join(base64.b85encode(d[at : at + 60]).decode() for at in range(0, len(d), 60)),
    "z85": z85,
    "base91": base91,
    "base45": base45,
    "base62": lambda d: written(d, DIGITS),
    "base58": lambda d: written(d, BITCOIN),
    "base36": lambda d: written(d, DIGITS[:36].lower()),
    "one decimal number": lambda d: written(d, "0123456789"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(f"x =\n {write(face_as(size=(96, 96)))}\n".encode()), Faces)
    assert isinstance(look(write(plain_as(size=(60, 40))).encode()), Clear)


def test_scripts_without_spaces_are_clear(look: Look) -> None:
    draw = random.Random(9)
    script = "".join(
        f"function(e,t){{var n=e.{draw.choice('abcdef')};return n?t[{draw.randrange(99)}]:n.x}},"
        .replace("function", "f").replace("var ", "").replace("return ", "!")
        for _ in range(900)
    )  # fmt: skip
    mappings = json.dumps({"mappings": "".join(draw.choices("AACCEIKUgBA,,;", k=20_000))})
    for text in (script, mappings, "ABCDEFGHIJ" * 300, "1234567890" * 300, "3.14159 " * 900):
        assert isinstance(look(text.encode()), Clear)


@pytest.mark.parametrize("write", [z85, base91])
def test_what_nobody_can_name_is_opaque(write: Callable[[bytes], str], look: Look) -> None:
    verdict = look(write(random.Random(1).randbytes(20_000)).encode())
    assert verdict.why is Reason.OPAQUE_TEXT  # type: ignore[union-attr]  # fails when clear


@pytest.mark.parametrize("size", range(4_000, 4_010))
def test_every_byte_of_base91_counts(size: int, look: Look) -> None:
    packed = gzip.compress(random.Random(size).randbytes(size), mtime=0)
    whole = [run.data for run in radix(base91(packed).encode(), []) if not run.opaque]
    assert whole == [packed]


def test_letters_of_a_code_are_no_escapes(look: Look, face_jpeg: bytes) -> None:
    words = " ".join(random.Random(1).choices(["some", "words", "of", "a", "text", "that", "packs", "badly"], k=60_000))
    script = f"x='{base91(gzip.compress(words.encode(), mtime=0))}'"
    assert script.count("%") > 256
    assert look(script.encode()) == Clear("text")
    escapes = "".join(f"%{byte:02x}" for byte in face_jpeg)
    assert isinstance(look(f"{script}\n'{escapes}'".encode()), Faces)


def test_a_number_of_many_digits() -> None:
    assert b"\x01" + bytes(500) in set(as_number(str(256**500).encode()))


@given(st.binary(max_size=1_000), st.text(OF_91, min_size=1, max_size=50))
def test_never_raises(data: bytes, text: str) -> None:
    list(radix(data, []))
    list(numerals(data))
    list(radix(text.encode() * 100, []))
