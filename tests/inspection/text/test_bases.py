import random
from collections.abc import Callable

import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text.bases import bases, number
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]
LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789" + LOWER + UPPER


def written(value: int, base: int, digits: str = DIGITS) -> str:
    out = []
    while value:
        value, rest = divmod(value, base)
        out.append(digits[rest])
    return "".join(reversed(out))


@pytest.mark.parametrize("base", [3, 4, 7, 8, 9, 10, 11, 20, 32, 35, 36, 52, 58, 62])
def test_a_face_is_found_in_any_base(base: int, look: Look, face_as: Callable[..., bytes]) -> None:
    text = written(int.from_bytes(face_as(size=(64, 64), quality=40)), base)
    assert isinstance(look(f'n = "{text}"'.encode()), Faces)


@pytest.mark.parametrize(
    "spelling", ["upper", "little", "backwards", "in lines", "letters first", "a png", "upper first"]
)
def test_however_it_is_written(spelling: str, look: Look, face_as: Callable[..., bytes]) -> None:
    data = face_as("PNG" if spelling == "a png" else "JPEG", size=(64, 64))
    text = {
        "upper": lambda: written(int.from_bytes(data), 36).upper(),
        "little": lambda: written(int.from_bytes(data, "little"), 35),
        "backwards": lambda: written(int.from_bytes(data), 33)[::-1],
        "in lines": lambda: "\n".join(written(int.from_bytes(data), 10)[at : at + 70] for at in range(0, 20_000, 70)),
        "letters first": lambda: written(int.from_bytes(data), 52, UPPER + LOWER),
        "a png": lambda: written(int.from_bytes(data), 31),
        "upper first": lambda: written(int.from_bytes(data), 50, "0123456789" + UPPER + LOWER),
    }[spelling]()
    assert isinstance(look(text.encode()), Faces)


def test_coffee_and_constants_pass(look: Look, plain_as: Callable[..., bytes]) -> None:
    assert isinstance(look(written(int.from_bytes(plain_as(size=(100, 60))), 35).encode()), Clear)
    assert isinstance(look("".join(random.Random(3).choices("0123456789", k=6_000)).encode()), Clear)
    assert isinstance(look(b"n" * 2_000 + b"\n" + b"abc" * 3_000), Clear)


def test_line_ends_alone() -> None:
    assert not list(bases(b"a, b" + b"\n" * 9_000))


def test_number() -> None:
    assert number(bytes([1, 2, 3]), 10) == bytes([123])


@given(st.text("0123456789abcdefXYZ\n", max_size=3_000))
def test_never_raises(text: str) -> None:
    list(bases(text.encode() * 2))
