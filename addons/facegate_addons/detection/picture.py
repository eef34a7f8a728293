"""One decoded picture, and what a detector of faces has to be able to do with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facegate_addons.domain.model import Finding


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`rgb` is (h, w, 3) uint8, upright as a viewer shows it.

    A picture may be decoded smaller than it is. `scale` leads back: one pixel of `rgb` is scale[0] pixels wide and
    scale[1] high in the original (also upright). `where` leads to the picture inside its body, "" for the body itself.
    `decode_finer` decodes it again with all the detail that a face of `min_face` needs; None when this is it.
    `profile` is the colour profile that a viewer follows, b"" for none: people see it so, the detector does not ask.
    """

    rgb: NDArray[np.uint8]
    scale: tuple[float, float] = (1.0, 1.0)
    where: str = ""
    decode_finer: "Callable[[], Picture] | None" = None
    profile: bytes = b""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the original."""
        height, width = self.rgb.shape[:2]
        return width * self.scale[0], height * self.scale[1]

    def finer(self) -> "Picture":
        return self.decode_finer() if self.decode_finer else self


def unhurried() -> None:
    """The `tick` of a caller with all the time in the world."""


class Detector(Protocol):
    @property
    def min_face(self) -> int:
        """Pixels of the original: the shorter side of the smallest face that has to be found."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """What has to be known to repeat a verdict: the network's versions, threshold, min_face, views."""
        ...

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        """The faces over the threshold, best first, boxes in pixels of the original. The same for the same pixels.

        One obvious face is enough to withhold a picture, so the search stops there; `thorough` finds them all.
        `tick` is called before each step of a second or less, and may raise to stop it all.
        """
        ...
