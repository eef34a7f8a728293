import base64
import json
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.noise import noise
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def bits(data: bytes) -> list[bool]:
    return [bool(byte >> at & 1) for byte in data for at in range(7, -1, -1)]


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "zero width": lambda d: "\u200b".join(b64(d)).encode(),
    "combining": lambda d: "\u0301".join(b64(d)).encode(),
    "bold capitals": lambda d: "".join(chr(0x1D400 + ord(c) - 65) if c.isupper() else c for c in b64(d)).encode(),
    "full width": lambda d: "".join(chr(ord(c) + 0xFEE0) for c in d.hex()).encode(),
    "full width of ISO 2022": lambda d: "".join(chr(ord(c) + 0xFEE0) for c in d.hex()).encode("iso2022_jp"),
    "true and false": lambda d: json.dumps(bits(d)).encode(),
    "words": lambda d: " ".join("one" if bit else "zero" for bit in bits(d)).encode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(write(face_as(size=(64, 64), quality=40))), Faces)
    assert isinstance(look(write(plain_as(size=(64, 40), quality=40))), Clear)


def test_ordinary_text_is_none(look: Look) -> None:
    japanese = "ＡＢＣ株式会社は、東京都千代田区に本社を置く企業です。" * 200
    for text in (japanese, "naïve café " * 900, "true false maybe " * 900, json.dumps([True, False] * 5_000)):
        assert isinstance(look(text.encode()), Clear)
    assert not list(noise(b"<p>hello</p>" * 900))


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    list(noise((text * 9).encode("utf-8", "ignore")))
    list(noise(b"\x1b$B" + (text * 9).encode("utf-8", "ignore")))
    list(noise(b"yes no " * 2_000 + text.encode("utf-8", "ignore")))
