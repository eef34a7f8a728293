import base64
import os
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]
FACE = skimage.data.astronaut()[:256, 100:356, 1]
CODES = {"u1": 2, "u2": 4, "i4": 5, "u4": 6, "f8": 9}


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(array: np.ndarray, name: bytes = b"some") -> bytes:
    flags, shape = struct.pack("<II", 6, 0), struct.pack(f"<{array.ndim}i", *array.shape)
    values = element(CODES[array.dtype.str[1:]], array.tobytes(order="F"))
    return element(14, element(6, flags) + element(5, shape) + element(1, name) + values)


def mat(*elements: bytes) -> bytes:
    return b"MATLAB 5.0 MAT-file, made by hand".ljust(124) + b"\0\1IM" + b"".join(elements)


def packed(content: bytes) -> bytes:
    whole = zlib.compress(content)
    return struct.pack("<II", 15, len(whole)) + whole


def old(array: np.ndarray, name: bytes = b"some\0", kind: int = 0) -> bytes:
    return struct.pack("<5I", kind, *array.shape, 0, len(name)) + name + array.tobytes(order="F")


NUMBERS = np.linspace(0, 1, 600).reshape(200, 3)


def test_numbers_are_clear(look: Look) -> None:
    assert look(mat(matrix(NUMBERS), packed(matrix(NUMBERS[:9])))) == Clear("mat")
    assert look(mat(element(14, matrix(np.arange(9, dtype="i4").reshape(3, 3))))) == Clear("mat")
    assert look(old(NUMBERS) + old(NUMBERS[:5], b"x\0")) == Clear("mat4")


@pytest.mark.parametrize("kind", CODES)
def test_pictures(kind: str, look: Look) -> None:
    face = FACE.astype(kind)
    assert isinstance(look(mat(matrix(NUMBERS), matrix(face))), Faces)
    assert isinstance(look(mat(packed(matrix(face)))), Faces)
    assert isinstance(look(mat(element(14, packed(matrix(face))))), Faces)


def test_pictures_of_version_4(look: Look) -> None:
    assert isinstance(look(old(NUMBERS) + old(FACE.astype("f8"))), Faces)
    assert isinstance(look(old(NUMBERS) + old(FACE, kind=50)), Faces)


def test_what_else_hides_in_it(look: Look, face_jpeg: bytes) -> None:
    noise = os.urandom(9_000)
    assert isinstance(look(mat(element(16, face_jpeg))), Faces)
    assert isinstance(look(mat(element(99, face_jpeg))), Faces)
    assert isinstance(look(mat(element(99, noise))), Unreadable)
    assert isinstance(look(mat(packed(matrix(NUMBERS)) + noise)), Unreadable)
    assert isinstance(look(mat(matrix(np.frombuffer(noise, "u1").reshape(1, -1)))), Unreadable)
    letters = np.frombuffer(base64.b64encode(face_jpeg), np.uint8).astype("f8").reshape(1, -1)
    assert isinstance(look(mat(matrix(letters))), Faces)
    assert isinstance(look(old(letters, kind=1)), Faces)
    assert isinstance(look(old(NUMBERS) + noise), Unreadable)
    assert isinstance(look(mat(packed(matrix(NUMBERS))[:-4])), Unreadable)
    deep = matrix(NUMBERS)
    for _ in range(40):
        deep = element(14, deep)
    assert isinstance(look(mat(deep)), Unreadable)
