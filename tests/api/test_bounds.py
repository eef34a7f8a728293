from collections.abc import Callable, Iterator

import httpx
import pytest
from api.bodies import untargeted
from facegate.api.bounds import BODY

Ask = Callable[..., httpx.Response]


def test_a_body_too_large_is_refused_whether_it_says_so_or_not(ask: Ask) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(BODY // 65_536 + 1):
            yield b" " * 65_536

    for content in (b" " * (BODY + 1), pieces()):
        answer = ask("ada", "PUT", "jobs/case", content=content)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:facegate:problem:too-large")


def test_bodies_are_json(api: httpx.Client, token_of: Callable[..., str]) -> None:
    authorization = {"Authorization": f"Bearer {token_of('ada')}"}
    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/toml",
    ):
        answer = api.put("jobs/case", content=b"{}", headers={**authorization, "Content-Type": kind})
        assert (answer.status_code, answer.json()["type"]) == (415, "urn:facegate:problem:unsupported-media-type")
    sent = api.put(
        "jobs/case", json=untargeted(), headers={**authorization, "Content-Type": "Application/JSON; charset=utf-8"}
    )
    assert sent.status_code == 201


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000, b"NaN", b'"text"', b"[]", b"null", b""],
)
def test_what_is_no_job_at_all(api: httpx.Client, token_of: Callable[..., str], content: bytes) -> None:
    headers = {"Authorization": f"Bearer {token_of('ada')}", "Content-Type": "application/json"}
    answer = api.put("jobs/case", content=content, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
