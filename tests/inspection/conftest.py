"""Shared by the tests of inspection: one detector for all, and fakes of it."""

from collections.abc import Callable, Mapping

import pytest
from facegate_addons.detection import redact
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Finding, Payload, Verdict
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]


class Blind:
    """A detector that sees nothing, and remembers what it was shown."""

    min_face = 20
    versions: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.shown: list[Picture] = []

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        self.shown.append(picture)
        return []


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


@pytest.fixture(scope="session")
def searcher(detector: FaceDetector) -> FaceDetector:
    """As a worker has it: it finds what redaction covers."""
    return FaceDetector.load(threshold=detector.threshold * redact.SEARCH, min_face=20)


@pytest.fixture
def blind() -> Blind:
    return Blind()


@pytest.fixture
def look(detector: FaceDetector) -> Look:
    """`look(body, content_type=..., codings=..., headers=...)` with the real detector and the default limits."""

    def look(body: bytes, **head: object) -> Verdict:
        return inspect(Payload(body, **head), detector, Limits())  # type: ignore[arg-type]  # a payload's own fields

    return look
