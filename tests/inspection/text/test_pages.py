import html.entities
import json
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.pages import _ENTITIES, _most_entities, pages
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
NAMES = html.entities.codepoint2name


def block(first: int) -> Callable[[bytes], str]:
    return lambda data: "".join(chr(first + byte) for byte in data)


def page(name: str) -> Callable[[bytes], str]:
    return lambda data: json.dumps(data.decode(name))


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    **{name: page(name) for name in ("cp437", "cp850", "koi8_r", "mac_roman", "cp866", "iso8859_15", "cp037")},
    "cp1252 of browsers": lambda d: json.dumps(
        "".join(bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in d)
    ),
    "surrogates": lambda d: json.dumps(d.decode("ascii", "surrogateescape")),
    "named entities": lambda d: "".join(f"&{NAMES[b]};" if b in NAMES else f"&#{b};" for b in d),
    "entities of a page": lambda d: "".join(f"&#{ord(letter)};" for letter in d.decode("cp437")),
    "UTF-7 of a page": lambda d: d.decode("cp437").encode("utf-7").decode(),
    "braille": block(0x2800),
    "Latin and on": block(0x100),
    "Chinese": block(0x4E10),
    "private": block(0xF0A3),
    "escaped block": lambda d: json.dumps(block(0x0137)(d)),
    "a block with noise": lambda d: " ".join(block(0x2800)(d)),
    "nibbles": lambda d: "".join(chr(0x1F600 + half) for byte in d for half in (byte >> 4, byte & 15)),
    "bits": lambda d: "".join("\u200b\u200c"[byte >> at & 1] for byte in d for at in range(8)),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(f"x = {write(face_as(size=(64, 64), quality=40))}".encode()), Faces)
    assert isinstance(look(f"x = {write(plain_as(size=(64, 40), quality=40))}".encode()), Clear)


def test_ebcdic(look: Look, face_as: Callable[..., bytes]) -> None:
    digits = face_as(size=(64, 64)).hex()
    for text in (digits, "\n".join(digits[at : at + 60] for at in range(0, len(digits), 60))):
        assert isinstance(look(text.encode("cp037")), Faces)
    assert isinstance(look(("this is plain and ordinary text of a mainframe " * 40).encode("cp037")), Clear)


RUSSIAN = "Наступила осень, и сад опустел. Жёлтые листья шуршали под ногами. "


def test_languages_are_clear(look: Look) -> None:
    for text in (RUSSIAN * 90, json.dumps(RUSSIAN * 90), RUSSIAN.replace(" ", "&nbsp;&laquo;&raquo; ") * 90):
        assert not list(pages(text.encode()))
        assert isinstance(look(text.encode()), Clear)


@given(st.text(max_size=400), st.binary(max_size=300))
def test_never_raises(text: str, data: bytes) -> None:
    list(pages((text * 5).encode("utf-8", "ignore")))
    list(pages(json.dumps(text * 5).encode() + data * 9))
    list(pages(b"&#99999999;&zzz;&#x110000;" * 200 + b"+AAA-" * 200 + data * 3))


@given(
    st.lists(
        st.sampled_from(["&", "#", ";", "a", "&amp;", "&#255;", "&abcdefgh1;", "&abcdefgh12;", "&&", "&#x1f;", "0"])
    )
)
def test_there_are_no_more_entities_than_may_be(pieces: list[str]) -> None:
    text = "".join(pieces).encode()
    assert _most_entities(text) >= sum(found != b"&amp;" for found in _ENTITIES.findall(text))


def test_what_cannot_end_is_no_entity() -> None:
    assert _most_entities(b"a && b; &abcdefghij; &1;") == 0
    assert _most_entities(b"&copy;&#255;&#xe9;") == 3


def test_markup_is_no_picture() -> None:
    assert _most_entities(b"&amp;&lt;&gt;&quot;&nbsp;") == 0
