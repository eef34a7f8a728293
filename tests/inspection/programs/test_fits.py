import os
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:256, 100:356, 1]
BITS = {"u1": 8, "i2": 16, "i4": 32, "f4": -32, "f8": -64}


def unit(
    array: np.ndarray | None = None, name: str = "SIMPLE", value: str = "T", more: dict[str, int] | None = None
) -> bytes:
    shape = () if array is None else array.shape
    cards = {name: value, "BITPIX": BITS[array.dtype.str[1:]] if array is not None else 8, "NAXIS": len(shape)}
    cards |= {f"NAXIS{number}": size for number, size in enumerate(reversed(shape), 1)} | (more or {})
    head = "".join(f"{key:8}= {wanted!s:>20} / told".ljust(80) for key, wanted in cards.items()) + "END".ljust(80)
    body = b"" if array is None else array.tobytes()
    return head.ljust(-(-len(head) // 2_880) * 2_880).encode() + body + bytes(-len(body) % 2_880)


@pytest.mark.parametrize("kind", ["u1", ">i2", ">i4", ">f4", ">f8"])
def test_arrays_are_pictures(kind: str, look: Look) -> None:
    assert look(unit(np.arange(300).reshape(100, 3).astype(kind))) == Clear("fits")
    assert isinstance(look(unit(FACE.astype(kind))), Faces)
    assert isinstance(look(unit() + unit(FACE[None].astype(kind), "XTENSION", "'IMAGE   '")), Faces)


def test_tables(look: Look) -> None:
    def table(rows: np.ndarray) -> bytes:
        return unit() + unit(rows, "XTENSION", "'BINTABLE'", {"PCOUNT": 0, "GCOUNT": 1, "TFIELDS": 1})

    assert look(table(np.zeros((3, 17), np.uint8))) == Clear("fits")
    assert isinstance(look(table(FACE)), Unreadable)


def test_what_hides_in_it(look: Look, face_jpeg: bytes) -> None:
    small = unit(np.zeros((9, 9), np.uint8))
    assert isinstance(look(small + face_jpeg), Faces)
    assert isinstance(look(small[:-2_000] + os.urandom(2_000)), Unreadable)
    assert isinstance(look(small + os.urandom(2_000)), Unreadable)
    assert isinstance(look(small[:2_000] + os.urandom(880) + small[2_880:]), Unreadable)
    assert isinstance(look(unit(FACE)[:-9_000]), Unreadable)
    assert isinstance(look(b"SIMPLE  =" + bytes(90_000)), Unreadable)
