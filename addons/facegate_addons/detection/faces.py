"""The detector: a coarse pass, tiles for small faces, a second look. The only import of onnxruntime."""

from collections.abc import Callable, Iterable, Mapping
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from facegate_addons.detection import centerface, views, weights
from facegate_addons.detection.centerface import Candidate
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.detection.resample import resample
from facegate_addons.detection.views import View
from facegate_addons.domain.model import Finding

PROPOSE = 0.12  # first scores over this deserve a second look; the recipe measured in docs/detector.md
PROPOSALS = 6  # second looks at most in one view, best first
OBVIOUS = 0.8  # a first score that no faceless picture of the corpus reaches (best: 0.76): look no further
FLAT = 3.0  # standard deviation of the pixel values under which a tile shows nothing
MULTIPLE = 32  # the network halves its input five times


class FaceDetector:
    def __init__(self, session: onnxruntime.InferenceSession, model: weights.Weights, threshold: float, min_face: int):
        self._session = session
        self.threshold = threshold
        self._obvious = max(OBVIOUS, threshold)
        self.min_face = min_face
        self.versions: Mapping[str, str] = {
            "model": model.file,
            "weights": model.sha256,
            "threshold": f"{threshold:g}",
            "min_face": str(min_face),
            "views": views.VERSION,
        }

    @classmethod
    def load(cls, *, model: str = "centerface", threshold: float | None = None, min_face: int = 20) -> Self:
        """`threshold` None takes the one measured with the weights. Raises WeightsError."""
        described, network = weights.load(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the unit of parallelism
        options.enable_mem_pattern = False  # shapes change with each picture
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        return cls(session, described, described.threshold if threshold is None else threshold, min_face)

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
        return [self._finding(found[i], picture) for i in (centerface.distinct(boxes) if found else ())]

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
            for c in centerface.decode(*self._maps(shown[None])[0], PROPOSE)[: None if thorough else PROPOSALS]
        ]
        obvious = [c for c in first if c.score >= self._obvious]
        if obvious and not thorough:
            return obvious
        fused = (c if c.score >= self._obvious else self._second(rgb, c) for c in first)
        return [c for c in fused if c.score >= self.threshold]

    def _second(self, rgb: NDArray[np.uint8], proposal: Candidate) -> Candidate:
        """Look again, closer, plain and mirrored: the mean of both, averaged with the first score."""
        shown = resample(rgb, views.close(proposal.box))
        plain, mirrored = self._maps(np.stack([shown, shown[:, ::-1]]))
        again = (_centre(plain[0]) + _centre(mirrored[0])) / 2
        return Candidate(proposal.box, (proposal.score + again) / 2)

    def _maps(
        self, batch: NDArray[np.uint8]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]]:
        """(n, h, w, 3) pixels to n times (heatmap, scale, offset), for the pixels only, not for the padding."""
        n, h, w = batch.shape[:3]
        high, wide = -h % MULTIPLE + h, -w % MULTIPLE + w
        blob = np.zeros((n, 3, high, wide), dtype=np.float32)
        blob[:, :, :h, :w] = batch.transpose(0, 3, 1, 2)
        heat, scale, offset = self._session.run(list(weights.OUTPUTS), {weights.INPUT: blob})
        return [(heat[i, 0], scale[i], offset[i]) for i in range(n)]

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


def _centre(heat: NDArray[np.float32]) -> float:
    """The best score in the middle of a second look: what stands at its edges is another face, or none."""
    h, w = heat.shape
    return float(heat[h // 4 : h - h // 4, w // 4 : w - w // 4].max())
