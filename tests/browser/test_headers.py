"""The checks of Mozilla's Observatory on every page, asked for by TLS as Chromium asks for them."""

import socket
from collections.abc import Iterator

import pytest
from browser.consoles import Console
from browser.observatory import Answer, policy, score
from browser.people import Person
from browser.seeds import Seeds
from browser.walk import pages
from live.authority import Authority
from playwright.sync_api import Browser, Response

FULL = 125  # all but the preloaded HSTS, for which a name has to be on browsers' lists, and hashes of our own scripts


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeds]:
    folder = tmp_path_factory.mktemp("headers")
    Authority(folder)
    files = f'certificate = "{folder / "origin.pem"}"\nkey = "{folder / "origin.pem"}"\n'
    with Seeds(folder / "home", f"[console]\n{files}") as seeds:
        seeds.everything()
        yield seeds


@pytest.fixture
def ada(chrome: Browser, console: Console) -> Iterator[Person]:
    person = Person(chrome, console.url, ignore_https_errors=True)
    yield person
    assert person.leave() == []


def speaks_plainly(url: str) -> bool:
    """Does whoever listens there answer HTTP without TLS?"""
    host, port = url.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        try:
            return connection.recv(16).startswith(b"HTTP/")
        except OSError:
            return False


def test_every_answer_has_the_full_score(ada: Person, console: Console) -> None:
    assert console.url.startswith("https://")
    plain = speaks_plainly(console.url)
    answers: dict[str, Response] = {}
    ada.context.on("response", lambda response: answers.setdefault(response.url.removeprefix(console.url), response))
    ada.log_in("ada")
    texts = {ada.page.url.removeprefix(console.url): ada.page.content() for _ in pages(ada)}
    scored = {}
    for path, response in list(answers.items()):  # asking for headers lets further answers come in
        if path == "/events":
            continue  # has no end
        answer = Answer(
            response.all_headers(),
            [it["value"] for it in response.headers_array() if it["name"].lower() == "set-cookie"],
            texts.get(path, ""),
            plain,
        )
        total, modifiers = score(answer)
        scored[path] = (total + (0 if answer.cookies else 5), modifiers)
    assert {path: found for path, found in scored.items() if found[0] != FULL} == {}
    assert {"/login", "/", "/queue"} <= set(scored)


def test_what_the_observatory_does_not_ask(ada: Person) -> None:
    response = ada.go("/login")
    headers = response.all_headers()
    csp = policy(headers["content-security-policy"])
    assert csp["base-uri"] == ["'none'"]
    assert csp["form-action"] == ["'self'"]
    assert csp["frame-ancestors"] == ["'none'"]
    assert csp["require-trusted-types-for"] == ["'script'"]
    assert "noindex" in headers["x-robots-tag"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
