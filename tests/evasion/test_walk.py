"""Every case through the walk: none is clear, but for those that no gate can decide."""

import pytest
from evasion.case import GROUPS, Case
from evasion.listed import EVERY
from evasion.walked import face, verdict
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.model import Clear

# spellings of bytes as text that inspection does not read yet
UNREAD = frozenset(
    [
        "uri-script:-signed-bytes",
        "uri-script:-32-bit-words",
        "uri-script:-numbers-with-spaces",
        "uri-script:-an-object-of-numbers",
        "uri-script:-BigInt",
        "uri-JSON:-list-of-lists",
        "uri-text:-IMAP-base64",
        "uri-text:-base32hex",
        "uri-text:-Z85",
        "uri-text:-hex-with-colons",
        "uri-text:-hex-dump",
        "uri-text:-Intel-hex",
        "uri-text:-binary-digits",
        "uri-text:-octal",
        "uri-text:-decimal-without-commas",
        "doc-RTF,-hex-in-short-lines",
    ]
)


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load(threshold=None, min_face=20)


def test_names_are_unique_and_every_group_is_covered() -> None:
    assert len({case.id for case in EVERY}) == len(EVERY) >= 500
    assert {case.group for case in EVERY} == set(GROUPS)
    assert {case.id for case in EVERY} >= UNREAD


@pytest.mark.parametrize("case", [case for case in EVERY if not case.residual], ids=lambda case: case.id)
def test_no_case_gets_past(case: Case, detector: FaceDetector) -> None:
    if case.id not in UNREAD:
        assert not isinstance(verdict(case, face(), detector), Clear)
