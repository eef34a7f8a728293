"""Compositions of wrappings through the walk: EVASION_EXAMPLES of them, a few by default."""

import os

import pytest
from evasion.mutations import Mutation, mutations
from evasion.walked import face, judged
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.model import Clear
from hypothesis import HealthCheck, given, seed, settings

EXAMPLES = int(os.environ.get("EVASION_EXAMPLES", "150"))


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


@pytest.mark.timeout(0)
@seed(int(os.environ.get("EVASION_SEED", "4")))
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(mutation=mutations(face()))
def test_no_composition_gets_past(mutation: Mutation, detector: FaceDetector) -> None:
    if isinstance(judged(mutation.body, mutation.content_type, mutation.headers, detector), Clear):
        pytest.fail(repr(mutation))
