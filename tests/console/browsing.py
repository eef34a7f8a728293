"""The console over a real socket in this process, and a browser that does what pages ask of one: cookies, origin, the
form's token."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
import uvicorn
from facegate.config import Config
from facegate.console.app import create_app
from facegate.ledger.chained import ChainedLedger
from facegate.state import users
from facegate.state.database import Database
from plain_http import NO_TLS
from starlette.applications import Starlette

PASSWORD = "correct horse battery"
PEOPLE = {"eve": "operator", "rita": "reviewer", "ada": "admin"}
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """One person's. Redirects are followed by `follow` alone."""

    def __init__(self, url: str) -> None:
        headers = {"Accept": "text/html", "Accept-Encoding": "identity"}
        self.client = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=20, verify=NO_TLS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.client.close()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def follow(self, path: str) -> httpx.Response:
        return self.client.get(path, follow_redirects=True)

    def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """With the token of a page, unless `fields` brings one."""
        data = {"csrf": self.csrf(), **(fields or {})}
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        return self.client.post(path, data=data, headers=headers, **options)

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def csrf(self) -> str:
        found = CSRF.search(self.client.get("/account").text)
        return found[1] if found else ""

    def log_in(self, name: str, password: str = PASSWORD, onward: str = "") -> httpx.Response:
        fields = {"name": name, "password": password, "next": onward}
        return self.client.post("/login", data=fields, headers={"Origin": self.origin})


@contextmanager
def open_console(config: Config, overrides: dict[str, Any] | None = None) -> Iterator[str]:
    """Its URL."""
    with open_app(config, overrides) as (_, url):
        yield url


@contextmanager
def open_app(config: Config, overrides: dict[str, Any] | None = None) -> Iterator[tuple[Starlette, str]]:
    """The application and its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the process does
        app = create_app(config, overrides)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", server_header=False, timeout_graceful_shutdown=5)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield app, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.state.live.close()
            server.should_exit = True
            thread.join()


def add_people(database: Database, ledger: ChainedLedger, *names: str) -> None:
    for name in names or PEOPLE:
        users.add(database, ledger, name, PEOPLE[name], PASSWORD)
