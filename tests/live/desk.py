"""What `facegate job` and `facegate user` do, on a running gateway's home, without a process for each."""

import asyncio
import time
from datetime import timedelta

from facegate.config import load
from facegate.state import jobs, users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.ledger import ChainedLedger
from facegate.state.registry import JobRegistry
from facegate_addons.domain import signature
from facegate_addons.domain.job import Job, Kind, Live, Scope
from facegate_addons.domain.model import utc_now
from live.client import basic, get, raw
from live.gateways import Gateway


class Desk:
    def __init__(self, gateway: Gateway) -> None:
        home = Home.prepare(load(None, home=str(gateway.home)))
        self._database = Database.open(home.database)
        self._ledger = ChainedLedger(home.ledger, "tests")

    def register(self, job_id: str, websocket: Live = Live.REFUSE) -> str:
        """The token."""
        return jobs.register(self._database, self._ledger, Job(job_id, "operator", "a test", websocket=websocket))[1]

    def register_targeted(self, job_id: str, host: str) -> str:
        """The token of a job that is approved for one person on `host`."""
        until = utc_now() + timedelta(hours=1)
        scope = Scope(
            Kind.INDIVIDUAL, ("case-1",), (host,), legal_basis="a court's order", reference="no. 1", expires=until
        )
        token = jobs.register(self._database, self._ledger, Job(job_id, "operator", "a test", scope))[1]
        users.add(self._database, self._ledger, f"reviewer-{job_id}", "reviewer", "a long pass phrase")
        jobs.approve(self._database, self._ledger, job_id, f"reviewer-{job_id}")
        return token

    def revoke(self, job_id: str) -> None:
        jobs.revoke(self._database, self._ledger, job_id)

    def signing_key(self, job_id: str) -> bytes:
        async def ask() -> bytes | None:
            registry = JobRegistry(self._database)
            await registry.start()
            try:
                return await registry.signing_key(job_id)
            finally:
                await registry.stop()

        key = asyncio.run(ask())
        assert key is not None
        return key

    def close(self) -> None:
        self._ledger.close()
        self._database.close()


class Signer:
    """What a crawler has of a job: it writes the field for one request."""

    def __init__(self, desk: Desk, job_id: str, token: str) -> None:
        self.job, self.token, self.key = job_id, token, desk.signing_key(job_id)
        self.basic = basic(job_id, token)

    def __call__(self, url: str, method: str = "GET", seconds: int = 60) -> str:
        """`url` is an origin, or one below it; for a CONNECT it is connect://host:port."""
        expires = int(time.time()) + seconds
        origin = "/".join(url.split("/")[:3])
        made = signature.signature(self.key, self.job, expires, method, origin)
        return f"Facegate-Job: job={self.job}, expires={expires}, signature={made}"


def until_known(gateway: Gateway, header: str) -> None:
    """The contract gives the gateway a second to learn of a job; a busy machine gets more."""
    until = time.monotonic() + 10
    while b" 407 " in raw(gateway.proxy, get("http://127.0.0.1:1/", header))[:20]:
        assert time.monotonic() < until
