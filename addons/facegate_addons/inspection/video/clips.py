"""Video files opened: what the container carries, and every frame of every video track."""

from collections.abc import Iterator

from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.video.coverage import gaps
from facegate_addons.inspection.video.moving import moving


def clips(source: Source) -> Iterator[Piece]:
    taken: list[tuple[int, int]] = []
    yield from moving(source.data, source.kind, source.budget, source.min_face, taken)
    yield from gaps(source.data, taken)
