"""Credentials of a SOCKS5 client: valid only if a job was found, and nothing of them is logged."""

import pytest
from facegate_addons.domain.job import Job, Scope
from facegate_addons.hooks.bindings import Bindings, Bound
from facegate_addons.hooks.socks import Socks
from hooks.conftest import Jobs
from mitmproxy.connection import Client
from mitmproxy.proxy.layers.modes import Socks5AuthData
from mitmproxy.test import tflow

JOB = Job("crawl", "acme", "texts", Scope())


class Broken(Jobs):
    async def authenticate(self, job_id: str, token: str) -> Job | None:
        raise OSError(f"{job_id} {token}")


class Failed:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def failed(self, address: str, job_id: str) -> bool:
        self.told.append((address, job_id))
        return True


@pytest.fixture
def client() -> Client:
    client = tflow.tclient_conn()
    client.timestamp_end = None
    return client


async def test_a_jobs_credentials_bind_the_connection(client: Client) -> None:
    bindings, failures = Bindings(), Failed()
    socks, data = Socks(Jobs(JOB), bindings, failures), Socks5AuthData(client, "crawl", "to:ken")
    await socks.socks5_auth(data)
    assert data.valid
    assert bindings.of(client.id) == Bound("crawl", token="to:ken")
    socks.client_disconnected(client)
    assert bindings.of(client.id) is None
    assert failures.told == []


@pytest.mark.parametrize("pair", [("crawl", "wrong"), ("nobody", "to:ken"), ("", "")])
async def test_others_stay_outside_and_are_told_of(client: Client, pair: tuple[str, str]) -> None:
    bindings, failures = Bindings(), Failed()
    data = Socks5AuthData(client, *pair, valid=True)
    await Socks(Jobs(JOB), bindings, failures).socks5_auth(data)
    assert not data.valid
    assert bindings.of(client.id) is None
    assert failures.told == [(client.peername[0], "")]


async def test_a_look_up_that_fails_leaves_the_client_outside(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    bindings, data = Bindings(), Socks5AuthData(client, "crawl", "to:ken", valid=True)
    await Socks(Broken(JOB), bindings).socks5_auth(data)
    assert not data.valid
    assert bindings.of(client.id) is None
    assert "OSError" in caplog.text
    assert "to:ken" not in caplog.text


async def test_a_client_that_went_meanwhile_is_not_bound(client: Client) -> None:
    bindings, data = Bindings(), Socks5AuthData(client, "crawl", "to:ken", valid=True)
    client.timestamp_end = 1.0
    await Socks(Jobs(JOB), bindings).socks5_auth(data)
    assert not data.valid
    assert bindings.of(client.id) is None
