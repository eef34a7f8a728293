import base64
import random
from collections.abc import Callable

import pytest
from facegate_addons.inspection.text import shares
from hypothesis import given
from hypothesis import strategies as st

NOISE = random.Random(1).randbytes(3_000)
WORDS = b"function words(of, a) { return 'script' + of.it } /* and what it says */\n" * 400
NUMBERS = ",".join(str(number / 7) for number in range(5_000)).encode()


@pytest.mark.parametrize("size", [0, 1, 700, shares.SHORT, 300_000])
@pytest.mark.parametrize("needle", [b"/9j/", b"AAA", b"bb"])
def test_places_are_those_of_find(size: int, needle: bytes) -> None:
    text = random.Random(size).choices([b"A", b"b", b"/9j/", b"ccccccccc"], k=size)
    whole = b"".join(text)
    for start in (0, 5):
        assert list(shares.places(whole, needle, start)) == [
            at for at in range(start, len(whole)) if whole.startswith(needle, at)
        ]


@given(st.binary(max_size=2_000), st.integers(0, 255))
def test_count(text: bytes, byte: int) -> None:
    assert shares.count(text, byte) == text.count(bytes((byte,)))


@given(st.lists(st.sampled_from([b"%", b"u", b"00", b"%u00", b"0x", b"\\u", b"\xe2\x96", b"words"])), st.booleans())
def test_times_are_those_of_count(pieces: list[bytes], long: bool) -> None:
    text = b"".join(pieces) * (1 + (2 * shares.SHORT if long else 0) // (1 + len(b"".join(pieces))))
    for needle in (b"%u00", b"0x", b"\\u", b"\xe2\x96"):
        assert shares.times(text, needle) == text.count(needle)
        assert shares.times(text, needle, 50) in (
            {0, text.count(needle)} if text.count(needle) < 50 else {text.count(needle)}
        )
        assert shares.has(text, needle) == (needle in text)


@pytest.mark.parametrize("size", [0, 1, 700, 300_000])
def test_where_a_character_stands(size: int) -> None:
    text = bytes(random.Random(size).choices(b"ab", k=size))
    assert shares.where(text, ord("a")).tolist() == [at for at, byte in enumerate(text) if byte == ord("a")]


@pytest.mark.parametrize("write", [base64.b64encode, base64.b85encode, base64.a85encode, base64.b32encode])
@pytest.mark.parametrize("around", [b"", WORDS, NUMBERS])
def test_letters_of_a_code_are_kept(write: Callable[[bytes], bytes], around: bytes) -> None:
    code = write(NOISE)
    found = shares.mixed(around + code + around)
    assert code in found
    assert len(found) <= len(code) + 12 * shares.BLOCK


def test_letters_of_a_code_are_kept_with_noise_among_them() -> None:
    code = b". ".join(base64.b64encode(NOISE)[at : at + 3] for at in range(0, 4_000, 3))
    assert code in shares.mixed(WORDS + code + WORDS)


def test_neither_words_nor_numbers_are_a_code() -> None:
    for text in (b"", b"a", WORDS, NUMBERS):
        assert shares.mixed(text) == b""
    assert shares.sixteenths(NUMBERS) == b""
    assert not shares.small(NUMBERS)


def test_hexadecimal_is_kept() -> None:
    code = NOISE.hex().encode()
    assert code in shares.sixteenths(WORDS + code + NUMBERS)
    assert code.upper() in shares.sixteenths(code.upper())


def test_escapes_are_seen() -> None:
    code = "".join(f"\\u{byte:04x}" for byte in NOISE).encode()
    assert shares.escapes(WORDS + code, ord("\\"), b"xu", 256)
    assert not shares.escapes(WORDS + code, ord("\\"), b"0123", 256)
    assert not shares.escapes(WORDS + code, ord("\\"), b"u", len(NOISE) + 1)
    assert not shares.escapes(WORDS + code, ord("%"), b"f", 1)
    assert not shares.escapes(b"", ord("%"), b"f", 1)


@pytest.mark.parametrize("before", [0, 1, 300, 513, 5_000])
def test_long_pieces_are_found_whole(before: int) -> None:
    piece = b"x" * 12_000
    text = b"a;" * before + piece + b";" + b"b;" * before
    assert any(piece in found for found in shares.without(text, b";}", len(piece)))
    assert not any(shares.without(b"a;" * 20_000, b";}", len(piece)))


def test_letters_before_digits() -> None:
    assert shares.follows(b"h1H-h.hh h" * 9, b"H", b"-", b"9") == 3 * 9


def test_small_letters_with_digits() -> None:
    assert shares.small(base64.b32encode(NOISE).lower())
