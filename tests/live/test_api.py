"""The API beside a running gateway: what it changes counts there within a second."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from facegate_addons.domain.model import utc_now
from live.client import basic, get, raw
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.processes import eventually

SECOND = 1.0


@pytest.fixture(scope="module")
def strict(start_gateway: Callable[..., Gateway]) -> Iterator[Gateway]:
    with start_gateway("[identity]\nrequired = true\n", console=True) as gateway:
        yield gateway


def status(gateway: Gateway, url: str, credentials: str) -> int:
    return int(raw(gateway.proxy, get(url, credentials)).split(b" ", 2)[1])


def test_registered_approved_and_revoked_over_http(
    strict: Gateway, origin: Origin, face_jpeg: bytes, add_user: Callable[..., None]
) -> None:
    url = origin.route("/face.jpg", answer(face_jpeg, "image/jpeg"))
    tokens = {}
    for name, role, scopes in (
        ("acme", "operator", ("jobs:read", "jobs:write")),
        ("rita", "reviewer", ("jobs:read", "jobs:approve")),
    ):
        add_user(strict, name, role)
        asked = [word for scope in scopes for word in ("--scope", scope)]
        tokens[name] = json.loads(strict.run("user", "token", name, *asked, "--json").stdout)["token"]

    def ask(name: str, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        return httpx.request(
            method, f"{strict.console}/api/v1/{path}", json=body, headers=headers, trust_env=False, timeout=20
        )

    scope = {
        "kind": "individual",
        "subjects": ["case-4711"],
        "hosts": ["127.0.0.1"],
        "legal_basis": "a law",
        "reference": "order no. 4711",
        "expires": f"{utc_now() + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}",
        "max_releases": 10,
    }
    made = ask("acme", "PUT", "jobs/case", {"operator": "acme", "purpose": "find one person", "scope": scope})
    assert made.status_code == 201, made.text
    credentials = basic("case", made.json()["token"])
    eventually(lambda: status(strict, url, credentials) == 451, SECOND, "a pending job crawls as an untargeted one")

    shown = ask("rita", "GET", "jobs/case").json()
    seen = {"version": shown["waiting"], "fingerprint": shown["fingerprint"], "reason": "order seen"}
    assert ask("acme", "POST", "jobs/case/approve", seen).status_code == 403
    assert ask("rita", "POST", "jobs/case/approve", seen).status_code == 200
    eventually(lambda: status(strict, url, credentials) == 200, SECOND, "an approved job gets its faces")

    assert ask("acme", "POST", "jobs/case/revoke", {"reason": "she is found"}).status_code == 200
    eventually(lambda: status(strict, url, credentials) == 403, SECOND, "a revoked job is refused")
    assert json.loads(strict.run("ledger", "verify", "--json").stdout)["ok"]


def test_the_api_is_not_reached_through_the_proxy(gateway: Gateway) -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/jobs", "/api/v1/me"):
        reply = raw(gateway.proxy, get(f"{gateway.console}{path}", "Authorization: Bearer fgk_x"))
        assert not reply.startswith(b"HTTP/1.1 200 "), reply[:200]
        assert b"urn:facegate:problem" not in reply
        assert b"openapi" not in reply
