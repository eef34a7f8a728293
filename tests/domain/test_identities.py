import pytest
from facegate_addons.domain.identities import Identities, identities, is_job_id

PRINT = "AB:" * 31 + "AB"


def test_fingerprints_have_one_spelling():
    known = identities({"10.0.0.0/8": "a"}, {PRINT: "b"}, 60, 0)
    assert known.certificates == {"ab" * 32: "b"}
    assert known.networks.job_of("10.9.9.9") == "a"
    assert (known.signature_life, known.longest_delay) == (60, 0)


def test_by_default_nobody_is_known():
    assert Identities().networks.job_of("127.0.0.1") is None
    assert not Identities().certificates


@pytest.mark.parametrize(
    ("sources", "certificates", "life", "delay", "says"),
    [
        ({"10.0.0.0/8": "No Job"}, {}, 300, 8, "sources: '10.0.0.0/8' has to stand for the id of a job"),
        ({"10.0.0.0/8": 1}, {}, 300, 8, "sources: '10.0.0.0/8' has to stand for the id of a job"),
        ({"10.0.0.1/8": "a"}, {}, 300, 8, "sources: '10.0.0.1/8' is no network; write 10.0.0.0/8"),
        ({}, {"abc": "a"}, 300, 8, "certificates: 'abc' is no SHA-256 fingerprint"),
        ({}, {PRINT: "a", "ab" * 32: "a"}, 300, 8, "twice"),
        ({}, {PRINT: ""}, 300, 8, "certificates: .* has to stand for the id of a job"),
        ({}, {}, 0, 8, "signature_life has to be from 1s to 1h"),
        ({}, {}, 3601, 8, "signature_life has to be from 1s to 1h"),
        ({}, {}, 300, 9, "longest_delay has to be from 0s to 8s"),
    ],
)
def test_what_is_wrong_is_said(sources, certificates, life, delay, says):
    with pytest.raises(ValueError, match=says):
        identities(sources, certificates, life, delay)


@pytest.mark.parametrize(("text", "fine"), [("a", True), ("a-b.c_1", True), ("", False), ("-a", False), ("A", False)])
def test_ids(text, fine):
    assert is_job_id(text) is fine
