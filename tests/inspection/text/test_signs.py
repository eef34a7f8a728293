import base64
import random
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text import shares
from facegate_addons.inspection.text.signs import _HEAD, _heads, signs
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
PAGE = b"<p>Words before it, as a page has them, and words behind; twice.</p>\n" * 20

WORDS = PAGE * (1 + shares.SHORT // len(PAGE))


def written(data: bytes, two: bytes, width: int = 0) -> bytes:
    text = base64.b64encode(data).rstrip(b"=").translate(bytes.maketrans(b"+/", two))
    return b"\n".join(text[at : at + width] for at in range(0, len(text), width)) if width else text


@pytest.mark.parametrize("two", [b"+,", b"._", b".-", b"_-", b"!-", b"_:", b"~-", b",+"])
@pytest.mark.parametrize("width", [0, 70])
def test_a_face_is_found_and_coffee_passes(
    two: bytes, width: int, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    assert isinstance(look(PAGE + written(face_as(size=(128, 128)), two, width) + PAGE), Faces)
    if two != b"._":  # who takes _ for a sign and a dot for none finds a broken picture
        assert isinstance(look(PAGE + written(plain_as(size=(120, 80)), two, width) + PAGE), Clear)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_of_other_pictures(kind: str, look: Look, face_as: Callable[..., bytes]) -> None:
    assert isinstance(look(written(face_as(kind, (100, 100)), b".,")), Faces)


def test_the_usual_signs_and_few_are_left_to_others() -> None:
    noise = b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(3_000)
    assert list(signs(written(noise, b"+,")))
    assert not list(signs(base64.b64encode(noise)))
    assert not list(signs(base64.urlsafe_b64encode(noise)))
    assert not list(signs(b",9j,4" + b"words, and no code" * 400))


@given(st.lists(st.sampled_from([b".9j.a", b"_9j_", b"iVBORw", b"R0lGOD", b"UklGR", b"9j9j", b".", b" ", b"A" * 9])))
def test_heads_are_those_of_the_pattern(pieces: list[bytes]) -> None:
    code = b"".join(pieces)
    for text in (code, code + WORDS, WORDS + code):
        found, wanted = _heads(text), _HEAD.finditer(text)
        assert [match.span() for match in found] == [match.span() for match in wanted]


@given(st.binary(max_size=3000))
def test_never_raises(data: bytes) -> None:
    list(signs(b".9j.4" + data))
