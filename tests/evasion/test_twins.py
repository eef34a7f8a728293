"""The same ways around a picture of nobody: what could be decided is passed, so that nothing is won by refusing all."""

import pytest
from evasion.case import Case
from evasion.listed import EVERY
from evasion.walked import nobody, verdict
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.model import Clear


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


@pytest.mark.parametrize("case", [case for case in EVERY if case.open], ids=lambda case: case.id)
def test_nobody_passes(case: Case, detector: FaceDetector) -> None:
    assert isinstance(verdict(case, nobody(), detector), Clear)
