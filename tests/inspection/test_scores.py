from collections.abc import Callable, Iterator
from io import BytesIO

import numpy as np
import pytest
import skimage.data
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Finding, Payload, Unreadable
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.scores import best_score
from facegate_addons.inspection.walk import inspect
from PIL import Image


class Saying:
    """Gives one picture after the other the scores it was told, whatever they show."""

    min_face, versions = 20, {}

    def __init__(self, *scores: float) -> None:
        self.left: Iterator[float] = iter(scores)

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        return [Finding((0, 0, 9, 9), score, picture.where) for score in (next(self.left),) if score]


@pytest.fixture(scope="module")
def three_frames() -> Payload:
    frames = [Image.fromarray(np.full((40, 40), level, np.uint8)) for level in (10, 100, 200)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return Payload(out.getvalue())


def test_the_best_of_all_frames_counts(three_frames: Payload) -> None:
    verdict = best_score(three_frames, Saying(0.1, 0.5, 0.3), Limits(), 0.8)
    assert verdict == Faces((Finding((0, 0, 9, 9), 0.5, "frame 2"),))


def test_where_nothing_is_proposed_it_is_clear(three_frames: Payload) -> None:
    assert best_score(three_frames, Saying(0, 0, 0), Limits(), 0.8) == Clear("gif")


def test_at_the_ceiling_the_search_ends(three_frames: Payload) -> None:
    detector = Saying(0.1, 0.9, 0.95)
    assert best_score(three_frames, detector, Limits(), 0.8) == Faces((Finding((0, 0, 9, 9), 0.8, "frame 2"),))
    assert next(detector.left) == 0.95  # nobody asked for it


def test_what_cannot_be_looked_at_whole_has_no_score(three_frames: Payload) -> None:
    verdict = best_score(three_frames, Saying(0.5, 0.5, 0.5), Limits(frames=2), 0.8)
    assert isinstance(verdict, Unreadable)
    assert verdict.why is Reason.LIMIT_FRAMES


def test_a_score_says_what_the_gate_does_at_each_threshold(face_as: Callable[..., bytes]) -> None:
    teller = FaceDetector.load()
    ceiling = teller.tell_all()
    bodies = [face_as("PNG", size=(side, side)) for side in (10, 16, 20, 26, 32, 512)]
    for pixels in (skimage.data.coffee(), skimage.data.moon()):
        out = BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        bodies.append(out.getvalue())
    scores = []
    for body in bodies:
        verdict = best_score(Payload(body), teller, Limits(), ceiling)
        scores.append(verdict.findings[0].score if isinstance(verdict, Faces) else 0.0)
    assert len({*scores}) > 3
    for threshold in {*np.arange(0.1, ceiling, 0.1).round(2), *(score for score in scores if score)}:
        # the score is rounded, the detector's own is not
        gate = FaceDetector.load(threshold=float(threshold) - 0.00005)
        for body, score in zip(bodies, scores, strict=True):
            withheld = isinstance(inspect(Payload(body), gate, Limits()), Faces)
            assert withheld == (score >= threshold), (threshold, score)
