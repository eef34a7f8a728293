"""The best score of a body in place of a verdict at one threshold: what a curve is drawn from."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from facegate_addons.detection.picture import Detector, Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.inspection.walk import inspect


def best_score(payload: Payload, detector: Detector, limits: Limits, ceiling: float) -> Verdict:
    """Faces with the one best finding of all pictures in the body; Clear when nothing looked like a face at all.

    `detector` has to tell of every score. From `ceiling` on the search ends, so that higher scores are given as it.
    A body is a face at exactly the thresholds that its score reaches, but when it is Unreadable: then it is withheld
    at every threshold, for its face or because the rest could not be looked at. Never raises.
    """
    watched = _Watched(detector, ceiling)
    verdict = inspect(payload, watched, limits)
    if isinstance(verdict, Unreadable) or watched.best is None:
        return verdict
    return Faces((replace(watched.best, score=min(watched.best.score, ceiling)),))


class _Watched:
    """Remembers the best finding and keeps it to itself: a walk that hears of a face ends there."""

    def __init__(self, detector: Detector, ceiling: float) -> None:
        self._detector = detector
        self._ceiling = ceiling
        self.best: Finding | None = None

    @property
    def min_face(self) -> int:
        return self._detector.min_face

    @property
    def versions(self) -> Mapping[str, str]:
        return self._detector.versions

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        found = self._detector.detect(picture, tick, thorough=thorough)
        self.best = max([self.best, *found] if self.best else found, key=lambda f: f.score, default=None)
        return found if self.best is not None and self.best.score >= self._ceiling else []
