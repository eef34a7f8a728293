import base64
import codecs
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.alphabets import alphabets
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
B64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
B32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
UPPER, LOWER, DIGITS = B64[:26], B64[26:52], B64[52:62]


def in64(letters: bytes) -> Callable[[bytes], bytes]:
    return lambda data: base64.b64encode(data).rstrip(b"=").translate(bytes.maketrans(B64, letters))


def in32(letters: bytes) -> Callable[[bytes], bytes]:
    return lambda data: base64.b32encode(data).rstrip(b"=").translate(bytes.maketrans(B32, letters))


def in16(letters: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.hex().encode().translate(bytes.maketrans(b"0123456789abcdef", letters))


def rows(data: bytes) -> list[bytes]:
    return [base64.b64encode(data[at : at + 57]) for at in range(0, len(data), 57)]


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "IMAP": in64(B64[:62] + b"+,"),
    "crypt": in64(b"./" + DIGITS + UPPER + LOWER),
    "bcrypt": in64(b"./" + UPPER + LOWER + DIGITS),
    "radix64": in64(DIGITS + UPPER + LOWER + b"+/"),
    "digits and small first": in64(DIGITS + LOWER + UPPER + b"-_"),
    "dots": lambda d: base64.b64encode(d).replace(b"+", b".").replace(b"/", b"_").replace(b"=", b"-"),
    "tildes": in64(B64[:62] + b"~-"),
    "signs exchanged": in64(B64[:62] + b"/+"),
    "cases exchanged": lambda d: base64.b64encode(d).swapcase(),
    "rot13": lambda d: codecs.encode(base64.b64encode(d).decode(), "rot13").encode(),
    "lines backwards": lambda d: b"\n".join(row[::-1] for row in rows(d)),
    "from the last line": lambda d: b"\n".join(rows(d)[::-1]),
    "backwards": lambda d: in64(B64[:62] + b"+,")(d)[::-1],
    "Crockford": in32(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
    "z-base-32": in32(b"ybndrfg8ejkmcpqxot1uwisza345h769"),
    "Bech32": in32(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
    "geohash": in32(b"0123456789bcdefghjkmnpqrstuvwxyz"),
    "a to p": in16(b"abcdefghijklmnop"),
    "A to P": in16(b"ABCDEFGHIJKLMNOP"),
    "nibbles exchanged": lambda d: "".join(f"{byte:02x}"[::-1] for byte in d).encode(),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, kind: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    if (spelling, kind) == ("signs exchanged", "PNG"):
        return  # nothing in its first letters says so
    name = b"" if "lines" in spelling else b"photo:"
    assert isinstance(look(name + write(face_as(kind, (64, 64)))), Faces)
    # up to its first dot it is everybody's base64, of a part of a picture
    assert isinstance(look(write(plain_as("JPEG", (90, 60)))), Clear) or spelling == "dots"


def test_its_own_letters_are_read_elsewhere(face_as: Callable[..., bytes]) -> None:
    assert not list(alphabets(base64.b64encode(face_as(size=(64, 64)))))


def test_ordinary_text_is_none() -> None:
    for text in (b"a,b,c,1,2,3\n" * 900, b"id_1234-Ab/Cd.ef~" * 200, B64 * 90, b"\xff\xd8\xff" * 900):
        assert not list(alphabets(text))


@given(st.text("ABCabc019+/,._-=\n", max_size=2_000))
def test_never_raises(text: str) -> None:
    list(alphabets(b"iVBORw0KGgo" + text.encode() * 3))
    list(alphabets(b"yfo9s,pppp" + text.encode() * 3))
    list(alphabets(b"ppnippoa" * 2 + text.encode() * 3))
