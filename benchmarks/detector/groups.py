"""Which pictures are counted together: by what is labelled of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.labels import Picture

LEAST = 10  # pictures of a tag that make a row: a share of fewer says next to nothing
EDGES = (0, 12, 16, 20, 32, 64, 128)  # pixels of the largest face's shorter side; the last bucket is open
SMALLEST = 20  # pixels: the product's own min_face
LIGHTER, DARKER = {"I", "II", "III"}, {"IV", "V", "VI"}


@dataclass(frozen=True)
class Group:
    name: str
    numbers: list[int]  # along the list of pictures


def overall(pictures: list[Picture]) -> list[Group]:
    faces = [number for number, picture in enumerate(pictures) if picture.face]
    return [
        Group("everything", faces),
        Group("everything but the tag tiny", [n for n in faces if "tiny" not in pictures[n].tags]),
        Group(f"faces of {SMALLEST} pixels and more", [n for n in faces if (pictures[n].size or 0) >= SMALLEST]),
    ]


def by_tag(pictures: list[Picture], *, face: bool) -> list[Group]:
    """Largest first."""
    held: dict[str, list[int]] = {}
    for number, picture in enumerate(pictures):
        if picture.face is face:
            for tag in set(picture.tags):
                held.setdefault(tag, []).append(number)
    enough = (Group(tag, numbers) for tag, numbers in held.items() if len(numbers) >= LEAST)
    return sorted(enough, key=lambda group: (-len(group.numbers), group.name))


def by_size(pictures: list[Picture]) -> list[Group]:
    return [group for group in _sizes(pictures) if group.numbers]


def _sizes(pictures: list[Picture]) -> Iterator[Group]:
    faces = [(number, picture.size) for number, picture in enumerate(pictures) if picture.face]
    for low, high in pairwise((*EDGES, float("inf"))):
        name = f"under {high}" if not low else f"{low} to {high}" if high != float("inf") else f"{low} and more"
        yield Group(name, [number for number, size in faces if size is not None and low <= size < high])
    yield Group("not measured", [number for number, size in faces if size is None])


def by_skin(pictures: list[Picture]) -> list[Group]:
    """A picture stands in the row of each type that somebody perceived in it; the last three rows part them."""
    faces = [
        (number, set(picture.skin) & (LIGHTER | DARKER)) for number, picture in enumerate(pictures) if picture.face
    ]
    rows = [
        Group(f"type {kind}", [n for n, seen in faces if kind in seen]) for kind in sorted(LIGHTER | DARKER, key=_order)
    ]
    rows.append(Group("only I to III", [n for n, seen in faces if seen and seen <= LIGHTER]))
    rows.append(Group("only IV to VI", [n for n, seen in faces if seen and seen <= DARKER]))
    rows.append(Group("of both", [n for n, seen in faces if seen & LIGHTER and seen & DARKER]))
    return [row for row in rows if row.numbers]


def _order(kind: str) -> int:
    return ("I", "II", "III", "IV", "V", "VI").index(kind)
