"""Every case through the walk: none is clear, but for those that no gate can decide."""

import pytest
from evasion.case import GROUPS, Case
from evasion.listed import EVERY
from evasion.walked import face, verdict
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.model import Clear


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


def test_names_are_unique_and_every_group_is_covered() -> None:
    assert len({case.id for case in EVERY}) == len(EVERY) >= 500
    assert {case.group for case in EVERY} == set(GROUPS)


@pytest.mark.parametrize("case", [case for case in EVERY if not case.residual], ids=lambda case: case.id)
def test_no_case_gets_past(case: Case, detector: FaceDetector) -> None:
    assert not isinstance(verdict(case, face(), detector), Clear)
