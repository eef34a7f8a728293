"""What each error comes to."""

import json

import pytest
from facegate.api.problems import KINDS, MEDIA_TYPE, PreconditionFailed, of_error
from facegate.errors import (
    Altered,
    ConfigError,
    Conflict,
    FacegateError,
    FetchError,
    HomeError,
    InvalidJob,
    NotAllowed,
    NotFound,
    Problem,
    StateError,
    Uncertain,
)

SCOPE = {"type": "http", "path": "/api/v1/jobs/\u00fc \ud800".encode("utf-8", "replace").decode()}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (InvalidJob("x", [Problem("scope.hosts", "is missing; write one")]), "invalid"),
        (ConfigError("no role"), "invalid"),
        (NotFound("no job"), "not-found"),
        (Conflict("is revoked"), "conflict"),
        (NotAllowed("runs it"), "not-allowed"),
        (PreconditionFailed("is another"), "precondition-failed"),
        (Altered("job 'x': altered"), "altered"),
        (StateError("/home/me/facegate.db: is damaged"), "unavailable"),
        (Uncertain("/home/me/facegate.db: the disk failed"), "unavailable"),
        (HomeError("/home/me: is not a directory"), "unavailable"),
        (FetchError("/home/me: cannot be had"), "failed"),
    ],
)
def test_every_error_has_its_problem(error: FacegateError, name: str) -> None:
    answer = of_error(SCOPE, error)
    told = json.loads(bytes(answer.body))
    assert answer.media_type == MEDIA_TYPE
    assert (answer.status_code, told["title"]) == KINDS[name]
    assert (told["type"], told["status"]) == (f"urn:facegate:problem:{name}", answer.status_code)
    assert "/home" not in json.dumps(told)
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)


def test_every_field_at_fault_is_told() -> None:
    error = InvalidJob("x", [Problem("a", "is missing"), Problem("scope.b", "is wrong \ud800")])
    told = json.loads(bytes(of_error(SCOPE, error).body))
    assert told["errors"] == [{"field": "a", "detail": "is missing"}, {"field": "scope.b", "detail": "is wrong \ud800"}]
