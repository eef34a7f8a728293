"""The application as a whole: its document, and what the framework itself refuses."""

import json
from collections.abc import Callable

import httpx
import pytest
from facegate.api.problems import MEDIA_TYPE
from facegate.console.headers import STRICT

Ask = Callable[..., httpx.Response]


def test_the_document_is_for_everybody_and_says_all_refusals(api: httpx.Client) -> None:
    document = api.get("openapi.json").json()
    assert document["servers"] == [{"url": "/api/v1"}]
    assert "ValidationError" not in json.dumps(document)
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["responses"].keys() >= {"401", "403", "422", "429", "500", "503"}
            assert operation["security"] == [{"token": []}]
            if "requestBody" in operation:
                assert operation["responses"].keys() >= {"400", "413", "415"}


@pytest.mark.parametrize("path", ["docs", "redoc"])
def test_there_is_no_page_that_loads_scripts(ask: Ask, path: str) -> None:
    assert ask("ada", "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "jobs/", 404),
        ("GET", "jobs/a%0Ab/c%0A", 404),
        ("GET", "jobs/UPPER", 422),
        ("GET", "jobs/%ED%A0%80%00", 422),
        ("DELETE", "jobs/case", 405),
        ("OPTIONS", "jobs", 405),
        ("GET", "jobs?limit=0", 422),
        ("GET", "jobs?limit=1&nonsense=1", 422),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(ask: Ask, method: str, path: str, status: int) -> None:
    answer = ask("ada", method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    told = answer.json()
    assert told.keys() >= {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    assert told["instance"].startswith("/api/v1/")
    for name, value in STRICT.items():
        assert answer.headers.get_list(name) == [value]


def test_all_methods_of_a_path_are_named(ask: Ask) -> None:
    assert ask("ada", "DELETE", "jobs/case").headers["allow"] == "GET, PUT"
    assert ask("ada", "PUT", "users").headers["allow"] == "GET, POST"


def test_no_other_site_is_let_in(api: httpx.Client) -> None:
    for method in ("GET", "OPTIONS"):
        answer = api.request(method, "jobs", headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
