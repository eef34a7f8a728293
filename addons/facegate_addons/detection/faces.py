"""The detector: a network, the threshold that was measured with it, and the findings they give."""

from collections.abc import Callable, Mapping
from typing import Self

import numpy as np

from facegate_addons.detection import views
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.candidates import Candidate, distinct
from facegate_addons.detection.closer import SETTLED
from facegate_addons.detection.description import Model
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.detection.search import Search
from facegate_addons.domain.model import Finding


class FaceDetector:
    def __init__(self, network: Network, threshold: float | None = None, min_face: int = 20) -> None:
        """`threshold` None takes the one that the network's description has."""
        self._network = network
        threshold = network.description.scores.threshold if threshold is None else threshold
        self.threshold = self._floor = threshold
        self._enough = max(SETTLED, threshold)
        self.min_face = min_face
        self.versions: Mapping[str, str] = {
            **network.versions,
            "threshold": f"{threshold:g}",
            "min_face": str(min_face),
            "views": views.VERSION,
        }

    @classmethod
    def load(
        cls, *, model: Model | None = None, threshold: float | None = None, min_face: int = 20, provider: str = "cpu"
    ) -> Self:
        """`model` None takes the one that comes with facegate. Raises ModelError."""
        return cls(Network.load(model or builtin(), provider), threshold, min_face)

    def tell_all(self) -> float:
        """From now on tell of every score, also under the threshold. Returns the score from which the search ends."""
        self._floor = 0.0
        self._enough = max(self._network.description.scores.obvious, self.threshold)
        return self._enough

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        looked = Search(
            self._network,
            picture,
            self.min_face,
            tick,
            threshold=self.threshold,
            enough=self._enough,
            thorough=thorough,
        ).faces()
        found = sorted((c for c in looked if c.score >= self._floor), key=lambda c: -c.score)
        boxes = np.array([c.box for c in found], dtype=np.float64).reshape(-1, 4)
        return [_finding(found[i], picture) for i in (distinct(boxes) if found else ())]


def _finding(candidate: Candidate, picture: Picture) -> Finding:
    width, height = picture.size
    left, top, right, bottom = candidate.box
    box = (round(max(0.0, left)), round(max(0.0, top)), round(min(width, right)), round(min(height, bottom)))
    return Finding(box, round(min(max(candidate.score, 0.0), 1.0), 4), picture.where)
