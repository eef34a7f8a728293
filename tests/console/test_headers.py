import re
from collections.abc import Iterator

from console.browsing import Browser, open_app
from facegate.config import Config
from facegate.console import pages
from facegate.console.guard import MACHINES, PUBLIC
from facegate.console.headers import HSTS, STRICT, StrictHeaders
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send


async def test_the_last_word_is_ours() -> None:
    async def lax(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"cache-control", b"public"), (b"content-security-policy", b"default-src *")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await StrictHeaders(lax)({"type": "http"}, receive, send)
    headers = sent[0]["headers"]
    assert {name.decode(): value.decode() for name, value in headers} == {k.lower(): v for k, v in STRICT.items()}
    assert len(headers) == len(STRICT)


def test_nothing_is_allowed_but_our_own() -> None:
    policy = STRICT["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy


async def test_with_tls_browsers_come_by_nothing_else() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await StrictHeaders(app, tls=True)({"type": "http"}, receive, send)
    (told,) = [value.decode() for name, value in sent[0]["headers"] if name == b"strict-transport-security"]
    assert told == HSTS["Strict-Transport-Security"]
    assert int(told.removeprefix("max-age=")) >= 31_536_000


def routes(app: Starlette) -> Iterator[tuple[str, str]]:
    """Method and path of all that the console offers, with something in place of each parameter."""
    for route in app.routes:
        if isinstance(route, Route):
            path = re.sub(r"{[^}]+}", "x", route.path)
            yield from ((method, path) for method in sorted(route.methods or ()))


def test_all_routes_are_strict_and_ask_who_one_is(config: Config, people: None) -> None:
    """Whatever page is added: its answers have the headers, it is closed to strangers, and a POST needs the token."""
    with open_app(config) as (app, url), Browser(url) as stranger, Browser(url) as ada:
        ada.log_in("ada")
        every = list(routes(app))
        assert len(every) > len(pages.modules())
        for method, path in every:
            answer = stranger.client.request(method, path, headers={"Origin": stranger.origin})
            assert {name: answer.headers.get(name) for name in STRICT} == STRICT, (method, path)
            if path not in (*MACHINES, *PUBLIC) and not path.startswith("/static/"):
                assert answer.status_code == (401 if method == "POST" else 303), (method, path)
            if method == "POST" and path not in PUBLIC:
                forged = ada.client.post(path, headers={"Origin": ada.origin})
                assert (forged.status_code, forged.headers["x-frame-options"]) == (403, "DENY"), path
