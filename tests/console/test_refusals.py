from pathlib import Path

import pytest
from console.browsing import Browser
from facegate.console.refusals import FAILED, UNREAD, described
from facegate.errors import (
    Altered,
    ConfigError,
    Conflict,
    InvalidJob,
    NotAllowed,
    NotFound,
    Problem,
    StateError,
    Uncertain,
)
from starlette.exceptions import HTTPException


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (NotFound("no job 'x'"), 404, "no job 'x'"),
        (NotAllowed("not yours"), 403, "not yours"),
        (Conflict("it changed"), 409, "it changed"),
        (ConfigError("write this"), 422, "write this"),
        (InvalidJob("f", [Problem("a", "is bad"), Problem("b", "is worse")]), 422, "a is bad; b is worse"),
        (Altered("a row says something else"), 409, "a row says something else"),
        (StateError("/home/x: broken"), 503, UNREAD),
        (Uncertain("/home/x"), 503, UNREAD + "; it may be done or not: look before you try again"),
        (HTTPException(404), 404, "there is no such page"),
        (HTTPException(404, "no such job"), 404, "no such job"),
        (ValueError("/home"), 500, FAILED),
    ],
)
def test_each_error_is_one_line_without_paths(error: Exception, status: int, line: str) -> None:
    assert described(error)[:2] == (status, line)


def test_it_is_a_page_or_what_a_script_reads(rita: Browser) -> None:
    page = rita.get("/nothing")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "there is no such page" in page.text
    assert 'aria-label="Console"' in page.text
    answer = rita.get("/nothing", headers={"Accept": "application/json"})
    assert answer.json() == {"status": 404, "detail": "there is no such page"}


def test_a_failure_of_our_own_tells_nothing_and_is_strict_too(rita: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(str(Path.home()))

    monkeypatch.setattr("facegate.console.overview.parts", fail)
    answer = rita.get("/")
    assert answer.status_code == 500
    assert FAILED in answer.text
    assert str(Path.home()) not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
