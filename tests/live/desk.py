"""What `facegate job` and `facegate user` do, on a running gateway's home, without a process for each."""

import time
from datetime import timedelta

from facegate.config import load
from facegate.jobs import desk as jobs
from facegate.jobs.lifecycle import Actor
from facegate.ledger.chained import ChainedLedger
from facegate.quarantine.keys import master_key
from facegate.state import users
from facegate.state.database import Database
from facegate.state.home import Home
from facegate.state.registry import signing_key
from facegate.state.secret import identity_secret
from facegate_addons.domain import signature
from facegate_addons.domain.job import Job, Kind, Live, Scope
from facegate_addons.domain.model import utc_now
from live.client import basic, get, raw
from live.gateways import Gateway


class Desk:
    def __init__(self, gateway: Gateway) -> None:
        config = load(None, home=str(gateway.home))
        home = Home.prepare(config)
        self.database = Database.open(home.database)
        self.ledger = ChainedLedger(home.ledger, "tests")
        self._secret = identity_secret(self.database, master_key(home, config.vault, self.database))
        self._desk = jobs.Desk(self.database, self.ledger)

    def register(self, job_id: str, websocket: Live = Live.REFUSE) -> str:
        """The token."""
        return self._register(Job(job_id, "operator", "a test", websocket=websocket))

    def register_targeted(self, job_id: str, host: str) -> str:
        """The token of a job that is approved for one person on `host`."""
        until = utc_now() + timedelta(hours=1)
        scope = Scope(
            Kind.INDIVIDUAL, ("case-1",), (host,), legal_basis="a court's order", reference="no. 1", expires=until
        )
        token = self._register(Job(job_id, "operator", "a test", scope))
        users.add(self.database, self.ledger, f"reviewer-{job_id}", "reviewer", "a long pass phrase")
        self._desk.approve(job_id, users.actor(self.database, f"reviewer-{job_id}"))
        return token

    def revoke(self, job_id: str) -> None:
        self._desk.revoke(job_id, Actor("tests"))

    def rotate(self, job_id: str, overlap: timedelta = timedelta(0)) -> str:
        """The new token."""
        return self._desk.rotate_token(job_id, Actor("tests"), overlap)

    def signing_key(self, job_id: str) -> bytes:
        return signing_key(self._secret, job_id, self._desk.show(job_id).generation)

    def _register(self, job: Job) -> str:
        token = self._desk.register(job, Actor("tests")).token
        assert token is not None
        return token

    def close(self) -> None:
        self.ledger.close()
        self.database.close()


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
