import random
import struct
from collections.abc import Callable

import skimage.data
from facegate_addons.domain.model import Clear, Faces, Unreadable, Verdict

Look = Callable[..., Verdict]


def graph(*edges: list[int]) -> bytes:
    values = [len(edges)]
    for targets in edges:
        values += [len(targets), *targets]
    return struct.pack(f"<{len(values)}H", *values)


def test_graphs_are_clear(look: Look) -> None:
    draw = random.Random(1)
    assert look(graph(*[draw.sample(range(200), 7) for _ in range(200)])) == Clear("graph")


def test_pictures_in_them(look: Look, face_jpeg: bytes) -> None:
    face = skimage.data.astronaut()[:160, 140:300, 1].tolist()
    assert isinstance(look(graph(*face, *[[] for _ in range(120)])), Faces)
    assert isinstance(look(graph(*[[9_999]] * 300)), Unreadable)
    assert isinstance(look(graph(*[[1]] * 300) + face_jpeg), Faces | Unreadable)
