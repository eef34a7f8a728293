"""The API as the console serves it, over a real socket in this process, with people and their tokens."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from facegate.api.app import PREFIX
from facegate.config import Config
from facegate.console.app import create_app
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.state import apitokens, users
from facegate.state.database import Database
from plain_http import NO_TLS

PEOPLE = {"olaf": "operator", "rita": "reviewer", "ada": "admin"}
CLI = Actor("os:test")


@pytest.fixture
def token_of(database: Database, ledger: ChainedLedger) -> Callable[..., str]:
    """`token_of("rita")`: a token of an added user, with all that the role may, or with `scopes`."""

    def make(name: str, *scopes: str, lasts: timedelta = timedelta(days=1)) -> str:
        role = next(user.role for user in users.list_users(database) if user.name == name)
        return apitokens.make(database, ledger, name, scopes or apitokens.OF_ROLE[role], lasts, CLI)[1]

    return make


@pytest.fixture
def people(database: Database, ledger: ChainedLedger) -> None:
    for name, role in PEOPLE.items():
        users.add(database, ledger, name, role, "correct horse battery")


@pytest.fixture
def console(config: Config, people: None) -> Iterator[str]:
    """Its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the real one's
        server = uvicorn.Server(uvicorn.Config(create_app(config), log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def api(console: str) -> Iterator[httpx.Client]:
    """Without a token."""
    with httpx.Client(base_url=f"{console}{PREFIX}/", trust_env=False, verify=NO_TLS) as client:
        yield client


@pytest.fixture
def ask(api: httpx.Client, token_of: Callable[..., str]) -> Callable[..., httpx.Response]:
    """`ask("rita", "GET", "jobs/case", json=...)`: as a user with every scope of the role."""
    tokens: dict[str, str] = {}

    def request(name: str, method: str, path: str, **options: Any) -> httpx.Response:
        if name not in tokens:
            tokens[name] = token_of(name)
        headers = {**options.pop("headers", {}), "Authorization": f"Bearer {tokens[name]}"}
        return api.request(method, path, headers=headers, **options)

    return request
