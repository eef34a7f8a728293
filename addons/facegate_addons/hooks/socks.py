"""A SOCKS5 client's user and password are a job's id and token. They are asked once, for the whole connection.

What is bound is the job with its token: whether that is good and the job may crawl is asked at each request, so a
revoked job and a replaced token end within the connection too.
"""

import asyncio
import logging
from typing import Protocol

from mitmproxy.connection import Client
from mitmproxy.proxy.layers.modes import Socks5AuthData

from facegate_addons.domain.ports import Registry
from facegate_addons.hooks.bindings import Bindings, Bound

LOOK_UP_SECONDS = 10.0  # of a job in the state; in memory it takes microseconds

logger = logging.getLogger(__name__)


class Failures(Protocol):
    async def failed(self, address: str, job_id: str) -> bool:
        """Note that somebody at `address` failed, and wait as long as that deserves."""
        ...


class Socks:
    def __init__(self, registry: Registry, bindings: Bindings, failures: Failures | None = None) -> None:
        self._registry = registry
        self._bindings = bindings
        self._failures = failures

    async def socks5_auth(self, data: Socks5AuthData) -> None:
        """Valid only in the end: what fails or hangs on the way leaves the client outside."""
        data.valid = False
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                job = await self._registry.authenticate(data.username, data.password)
        except Exception as error:  # noqa: BLE001 - none of its text is logged: it may carry the token
            logger.error("socks5_auth: %s", type(error).__name__)  # noqa: TRY400
            return
        if job is None:
            if self._failures is not None:
                await self._failures.failed(data.client_conn.peername[0], "")
            return
        if data.client_conn.timestamp_end is not None:
            return  # it went meanwhile, and nobody would forget what is bound now
        self._bindings.bind(data.client_conn.id, Bound(job.id, token=data.password))
        data.valid = True

    def client_disconnected(self, client: Client) -> None:
        self._bindings.forget(client.id)
