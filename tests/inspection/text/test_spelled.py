import base64
import random
import re
import struct
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict
from facegate_addons.inspection.sniff import _MAGICS, sniff
from facegate_addons.inspection.text.spelled import (
    CERTAIN,
    OPAQUE,
    entropy,
    is_certain,
    judged,
    narrowed,
    spelled,
    unpadded,
)
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "behind a name": lambda d: b"data-of-the-picture_" + base64.b64encode(d),
    "backwards": lambda d: base64.b64encode(d)[::-1],
    "base64url": lambda d: base64.urlsafe_b64encode(d).rstrip(b"="),
    "base32": base64.b32encode,
    "base32, small": lambda d: base64.b32encode(d).lower().rstrip(b"="),
    "base32hex": base64.b32hexencode,
    "hex": lambda d: d.hex().encode(),
    "hex, odd": lambda d: b"a" + d.hex().encode(),
    "hex behind a path": lambda d: b"some/Path-of-it/" + d.hex().encode(),
    "hex behind a letter": lambda d: b"x" + d.hex().encode() + b"y",
    "hex of lines of hex behind one of its letters": lambda d: (
        b"b" + b"\n".join(d.hex().encode()[at : at + 40] for at in range(0, 2 * len(d), 40)).hex().encode()
    ),
    "hex of base64": lambda d: base64.b64encode(d).hex().encode(),
    "base64 twice": lambda d: base64.b64encode(base64.b64encode(d)),
    "base64 of UTF-16": lambda d: base64.b64encode(base64.b64encode(d).decode().encode("utf-16-le")),
    "characters of two bytes": lambda d: base64.b64encode(d.decode("latin-1").encode("utf-16-be")),
    "UTF-7": lambda d: d.decode("latin-1").encode("utf-7"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(b"x: " + write(face_as(size=(128, 128)))), Faces)
    if spelling != "UTF-7":  # its pieces are read as one, and end where they may
        assert isinstance(look(b"x: " + write(plain_as(size=(120, 80)))), Clear)


def test_what_is_opaque() -> None:
    assert judged(b"", "hex", b"0123456789abcdef" * (OPAQUE // 16 * 3 // 2)).opaque
    assert not judged(b"", "hex", b"0123456789abcdef" * (OPAQUE // 16 * 3 // 2 - 1)).opaque
    assert not judged(b"", "hex", b"01" * OPAQUE).opaque
    assert entropy(bytes(range(256))) == 8
    assert entropy(b"") == 0


def test_tables_of_numbers() -> None:
    numbers = struct.pack("<1200d", *(1 / n for n in range(1, 1_201)))
    letters = base64.b64encode(numbers + random.Random(1).randbytes(4_000))
    assert not judged(numbers, "base64", letters).opaque
    assert not judged(b"ab" + numbers, "base64", letters).opaque
    assert judged(random.Random(1).randbytes(9_000), "base64", letters).opaque


@pytest.mark.parametrize("around", [b"--%s--", b"Z%s", b"abc%s"])
def test_what_begins_as_a_picture_is_judged_as_one(
    around: bytes, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    plain = base64.b64encode(plain_as(size=(400, 300)))
    assert len(plain) > OPAQUE
    assert isinstance(look(around % plain), Clear)
    assert isinstance(look(b"x: " + plain[::-1].lstrip(b"=")), Clear)
    assert isinstance(look(around % base64.b64encode(face_as(size=(300, 300)))), Faces)
    digits = plain_as(size=(300, 200)).hex().encode()
    assert isinstance(look(b"x5" + digits), Clear)
    # the decoy in front of what nobody knows says nothing
    noise = base64.b64encode(random.Random(1).randbytes(20_000))
    assert isinstance(look(around % (b"/9j/4AAQSkZJRgABAQ" + noise)), Unreadable)
    assert isinstance(look(around % (noise + b"j9/")), Unreadable)
    assert isinstance(look(around % (b"x5" + random.Random(1).randbytes(8_000).hex().encode())), Unreadable)


def test_incomplete_groups() -> None:
    assert unpadded(b"YWJjZ") == b"abc"
    assert unpadded(b"YWJjZA") == b"abcd"
    assert narrowed(b"\0".join(bytes([n]) for n in range(1, 99)) + b"\0") == bytes(range(1, 99))
    assert narrowed(bytes(range(1, 99))) == b""


@given(st.binary(min_size=1, max_size=600), st.sampled_from(list(SPELLINGS)))
def test_any_bytes_come_back(data: bytes, spelling: str) -> None:
    written = SPELLINGS[spelling](data)
    found = list(spelled(re.sub(rb"[^\w+/=-]", b"", written) or b"A"))
    if spelling in ("base64", "base64url", "base32", "hex", "hex, odd", "backwards") and len(data) > 40:
        assert any(data in run.data for run in found) or spelling == "backwards"


BEGINNINGS = [
    *(bytes(offset) + magic for offset, magic, _ in _MAGICS),
    b"RIFF\0\0\1\0WEBPVP8 ",
    b"RIFX\0\0\1\0WEBPVP8 ",
    b"RF64\0\0\1\0WEBPVP8 ",
    *(b"\0\0\0\x1cftyp" + brand + bytes(4) for brand in (b"avif", b"avis", b"heic", b"mif1", b"mp42", b"msf1")),
    b"\x55\x2a\x4d\x18\x04\0\0\0",
    b"words first %PDF-1.4\n1 0 obj\n",
    b"\n" * 1_028 + b"%PDF-1.4\n1 0 obj\n",
]


@given(st.sampled_from(BEGINNINGS) | st.binary(max_size=12), st.binary(max_size=600))
def test_what_is_certain_is_what_it_is_sniffed_as(beginning: bytes, rest: bytes) -> None:
    for data in (beginning + rest, beginning[1:] + rest, rest + beginning):
        assert is_certain(data) == (sniff(data) in CERTAIN)


def test_each_certain_kind_is_told() -> None:
    assert {sniff(data + bytes(64)) for data in BEGINNINGS if is_certain(data + bytes(64))} == CERTAIN
