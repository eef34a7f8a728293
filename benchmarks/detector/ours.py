"""facegate's own path from bytes to findings: its sniffing, its scaled decoding, its detector."""

from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.sniff import sniff
from facegate_addons.inspection.stills.pictures import pictures


class Facegate:
    def __init__(self, threshold: float | None):
        self._detector = FaceDetector.load(threshold=threshold)
        self._first = threshold is None  # as shipped, a file's first face decides and nothing more is looked at

    @property
    def threshold(self) -> float:
        return float(self._detector.versions["threshold"])

    @property
    def about(self) -> dict[str, str]:
        return dict(self._detector.versions)

    def best(self, data: bytes) -> float | None:
        budget = Budget(Limits())
        best = 0.0
        try:
            for picture in pictures(sniff(data) or "", data, budget, self._detector.min_face):
                found = self._detector.detect(picture, budget.tick)
                best = max([best, *(finding.score for finding in found)])
                if found and self._first:
                    break
        except Unread:
            return best or None
        return best
