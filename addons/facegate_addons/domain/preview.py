"""What a person is shown of a withheld body: a few of its pictures, as a mosaic or plain."""

from dataclasses import dataclass, field
from enum import StrEnum

from facegate_addons.domain.model import Finding, Payload
from facegate_addons.domain.reasons import Reason

PICTURES = 8  # of one body: what a reviewer looks through before the answer is known
PLAIN_SIDE = 1_600  # pixels of the longer side: a screen's height and more
PLAIN_BYTES = 4 << 20  # of one picture; noise of that size, as a JPEG, has 3 MB
CELLS = 16  # of a mosaic's longer side, at most; inspection/mosaics.py says when there are fewer
MOSAIC_BYTES = 2 << 10  # of a PNG of 16 x 16 pixels: 800 without any compression


class Rendering(StrEnum):
    BLURRED = "blurred"  # nobody is recognised in it
    PLAIN = "plain"  # for whoever said why, and was written down


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A request for pictures of `payload`, of which `findings` are known; with none, its first pictures are taken.

    Blurred it is one picture alone: several of one scene, each shifted by a little, would add up to a sharper one.
    """

    payload: Payload
    rendering: Rendering
    findings: tuple[Finding, ...] = ()
    seconds: float = 10.0

    @property
    def most(self) -> int:
        return 1 if self.rendering is Rendering.BLURRED else PICTURES


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture. `size` (width, height) and the boxes of `findings` are in pixels of the original; `image` is a JPEG,
    of a mosaic a PNG, and was written from pixels alone. `again`: the findings are of this look, none were known."""

    where: str
    size: tuple[int, int]
    findings: tuple[Finding, ...]
    image: bytes = field(repr=False)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`why` says what kept the look from its end before all was found; `detail` is ours to write."""

    pictures: tuple[Shown, ...]
    why: Reason | None = None
    detail: str = ""
