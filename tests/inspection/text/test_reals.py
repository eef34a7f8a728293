import json
import random
import struct
from collections.abc import Callable

import numpy as np
import pytest
from facegate_addons.domain.model import Clear, Faces, Verdict
from facegate_addons.inspection.text import reals as module
from facegate_addons.inspection.text.reals import _REAL, _counts, reals
from hypothesis import given
from hypothesis import strategies as st

Look = Callable[..., Verdict]


def doubles(data: bytes, order: str, letter: str) -> list[float]:
    size = struct.calcsize(letter)
    return list(struct.unpack(f"{order}{len(data) // size}{letter}", data[: len(data) // size * size]))


SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "scientific": lambda d: ",".join(f"{byte:.6e}" for byte in d),
    "scientific in objects": lambda d: json.dumps([{"v": f"{byte:.2E}"} for byte in d]),
    "doubles": lambda d: json.dumps(doubles(d, "<", "d")),
    "big doubles in lines": lambda d: "\n".join(map(repr, doubles(d, ">", "d"))),
    "doubles with an index": lambda d: "\n".join(f"{n} {v!r}" for n, v in enumerate(doubles(d, "<", "d"))),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_face_is_found_and_coffee_passes(
    spelling: str, look: Look, face_as: Callable[..., bytes], plain_as: Callable[..., bytes]
) -> None:
    write = SPELLINGS[spelling]
    assert isinstance(look(write(face_as(size=(96, 96))).encode()), Faces)
    assert isinstance(look(write(plain_as(size=(120, 80))).encode()), Clear)


def test_measurements_are_clear(look: Look) -> None:
    draw = random.Random(5)
    text = json.dumps([[draw.gauss(0, 1) * 10 ** draw.randint(-30, 30) for _ in range(3)] for _ in range(3_000)])
    assert isinstance(look(text.encode()), Clear)


@pytest.mark.parametrize("size", [5, module._SLICE])
@given(
    data=st.binary(max_size=40), pieces=st.lists(st.sampled_from(["1", "23", ".", "e", "E+", "-", " ", "4e5", "inf"]))
)
def test_counts_are_no_guesses(size: int, data: bytes, pieces: list[str]) -> None:
    code = data + "".join(pieces).encode() + data
    letters = np.frombuffer(code, np.uint8)
    digits = letters - np.uint8(48) < 10
    signed = digits[2:] | np.isin(letters[2:], (ord("-"), ord("+")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SLICE", size)
        exponents, least = _counts(code)
    assert exponents == np.count_nonzero(digits[:-2] & np.isin(letters[1:-1], (ord("e"), ord("E"))) & signed)
    assert least <= len(_REAL.findall(code))


@given(st.binary(max_size=500), st.lists(st.floats(), max_size=300))
def test_never_raises(data: bytes, values: list[float]) -> None:
    list(reals(data * 9))
    list(reals(json.dumps(values * 3).encode() + b"1.2.3e5 1e999" * 99))
