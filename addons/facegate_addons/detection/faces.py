"""The detector: a coarse pass, tiles for small faces, a second look."""

from collections.abc import Callable, Iterable, Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from facegate_addons.detection import views
from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.candidates import Candidate, distinct
from facegate_addons.detection.description import Model
from facegate_addons.detection.network import Network
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.detection.resample import resample
from facegate_addons.detection.views import View
from facegate_addons.domain.model import Finding

PROPOSALS = 6  # second looks at most in one view, best first
FLAT = 3.0  # standard deviation of the pixel values under which a tile shows nothing


class FaceDetector:
    def __init__(self, network: Network, threshold: float | None = None, min_face: int = 20) -> None:
        """`threshold` None takes the one that the network's description has."""
        scores = network.description.scores
        threshold = scores.threshold if threshold is None else threshold
        self._network = network
        self._propose = scores.propose
        self.threshold = threshold
        self._obvious = max(scores.obvious, threshold)
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

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        height, width = picture.rgb.shape[:2]
        found: list[Candidate] = []
        # min_face in pixels of what was decoded; at least one, however small that is
        smallest = max(1.0, self.min_face / max(picture.scale))
        for view in self._views(width, height, smallest):
            tick()
            found += self._look(picture.rgb, view, thorough)
            if not thorough and found and max(candidate.score for candidate in found) >= self._obvious:
                break  # the picture is withheld for this one already
        found.sort(key=lambda candidate: -candidate.score)
        boxes = np.array([candidate.box for candidate in found], dtype=np.float64).reshape(-1, 4)
        return [self._finding(found[i], picture) for i in (distinct(boxes) if found else ())]

    @staticmethod
    def _views(width: int, height: int, smallest: float) -> Iterable[View]:
        yield views.coarse(width, height)
        yield from views.tiles(width, height, smallest)

    def _look(self, rgb: NDArray[np.uint8], view: View, thorough: bool) -> list[Candidate]:
        """The faces of one view in the picture's pixels, with their fused scores."""
        shown = resample(rgb, view)
        if shown.std() < FLAT:
            return []
        across = (view.box[2] - view.box[0]) / view.size[0]
        down = (view.box[3] - view.box[1]) / view.size[1]
        first = [
            Candidate(
                (
                    view.box[0] + c.box[0] * across,
                    view.box[1] + c.box[1] * down,
                    view.box[0] + c.box[2] * across,
                    view.box[1] + c.box[3] * down,
                ),
                c.score,
            )
            for c in self._network.look(shown[None])[0].candidates(self._propose, None if thorough else PROPOSALS)
        ]
        obvious = [c for c in first if c.score >= self._obvious]
        if obvious and not thorough:
            return obvious
        fused = (c if c.score >= self._obvious else self._second(rgb, c) for c in first)
        return [c for c in fused if c.score >= self.threshold]

    def _second(self, rgb: NDArray[np.uint8], proposal: Candidate) -> Candidate:
        """Look again, closer, plain and mirrored: the mean of both, averaged with the first score."""
        shown = resample(rgb, views.close(proposal.box))
        plain, mirrored = self._network.look(np.stack([shown, shown[:, ::-1]]))
        again = (plain.centre() + mirrored.centre()) / 2
        return Candidate(proposal.box, (proposal.score + again) / 2)

    @staticmethod
    def _finding(candidate: Candidate, picture: Picture) -> Finding:
        (h, w), (across, down) = picture.rgb.shape[:2], picture.scale
        left, top, right, bottom = candidate.box
        box = (
            round(max(0.0, left) * across),
            round(max(0.0, top) * down),
            round(min(float(w), right) * across),
            round(min(float(h), bottom) * down),
        )
        return Finding(box, round(min(candidate.score, 1.0), 4), picture.where)
