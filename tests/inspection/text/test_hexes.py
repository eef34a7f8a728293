from collections.abc import Callable
from random import Random

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text import hexes
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def rows(head: str, template: str) -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        parts = (data[at : at + 8] for at in range(0, len(data), 8))
        return "\n".join(head + ",".join(map(template.format, part)) for part in parts)

    return write


def each(template: str, join: str) -> Callable[[bytes], str]:
    return lambda data: join.join(map(template.format, data))


def words(size: int, order: str, template: str) -> Callable[[bytes], str]:
    def write(data: bytes) -> str:
        parts = (data[at : at + size].ljust(size, b"\0") for at in range(0, len(data), size))
        return ",".join(template.format(int.from_bytes(part, order)) for part in parts)  # type: ignore[arg-type]

    return write


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    name: each(template, join)
    for name, template, join in (
        ("casts", "(byte)0x{:02x}", ","),
        ("casts of short ones", "(byte)0x{:x}", ","),
        ("suffixes", "0x{:02x}u8", ","),
        ("Verilog", "8'h{:02x}", ","),
        ("VHDL", 'x"{:02X}"', ","),
        ("Smalltalk", "16r{:02X}", " "),
        ("Pascal", "${:02X}", ","),
        ("BASIC", "&H{:02X}", ","),
        ("escape()", "%u00{:02x}", ""),
        ("tags", "<byte>{:02x}</byte>", "\n"),
        ("calls", "put(0x{:02X});", "\n"),
    )
} | {
    "assembly": rows("  .byte ", "0x{:02x}"),
    "Intel's assembly": rows("  db ", "0{:02x}h"),
    "24-bit words": words(3, "big", "0x{:06x}"),
    "48-bit words": words(6, "little", "0x{:012x}"),
    "64-bit words": words(8, "little", "0x{:016x}"),
    "64-bit words in calls": words(8, "big", "u64(0x{:016x})"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(f"x = {write(face_as(size=(96, 96)))}".encode()), Faces)
    assert isinstance(look(write(plain_as(size=(120, 80))).encode()), Clear)


DRAW = Random(9)
BENIGN = {
    "hashes": "\n".join(DRAW.randbytes(8).hex() for _ in range(400)),
    "colours": "".join(f".c{n}{{color:#{DRAW.randrange(1 << 24):06x}}}" for n in range(3_000)),
    "words": " ".join(DRAW.choices(["be", "ad", "de", "each", "faced", "a", "cafe"], k=9_000)),
    "code": "\n".join(f"case 0x{DRAW.randrange(256):02x}: return op_{n};" for n in range(3_000)),
}


@pytest.mark.parametrize("text", BENIGN)
def test_ordinary_text_is_clear(text: str, look: Look) -> None:
    assert isinstance(look(BENIGN[text].encode()), Clear)


@given(st.binary(max_size=500))
def test_never_raises(data: bytes) -> None:
    for text in (data * 9, data.hex(" ").encode() * 9, b"0xff,0xd8,0xff," * 900 + data):
        list(hexes.pairs(text))
        list(hexes.wide(text))


@pytest.mark.parametrize("part", [5, 64, 1_000])
def test_parts_are_as_good_as_the_whole(part: int) -> None:
    data = b"\x1f\x8b\x08\0\0\0\0\0\0\3" + Random(3).randbytes(1_500)
    texts = ",".join(map("0x{:x}".format, data)), " ".join(map("{:02x}".format, data)), data.hex(" ", 4)
    whole = [[*hexes.pairs(text.encode()), *hexes.wide(text.encode())] for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hexes, "_PART", part)
        assert [[*hexes.pairs(text.encode()), *hexes.wide(text.encode())] for text in texts] == whole
    assert whole[0]
    assert whole[1]
