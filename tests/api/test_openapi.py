from facegate.api.openapi import JOB, body_refusals, refusals
from facegate.jobs import conditions, reader, scopes


def test_the_schema_of_a_job_has_every_key_that_is_read() -> None:
    properties = JOB["properties"]
    assert properties.keys() == set(reader.KEYS) - {"token_sha256"}
    assert properties["scope"]["oneOf"][1]["properties"].keys() == set(scopes.KEYS)
    assert properties["conditions"]["properties"].keys() == set(conditions.KEYS)


def test_refusals_are_problems() -> None:
    assert set(body_refusals(409)) - set(refusals()) == {400, 409, 413, 415}
    assert all(list(it["content"]) == ["application/problem+json"] for it in refusals().values())
