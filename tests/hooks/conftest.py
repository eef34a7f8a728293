"""Small classes that satisfy the ports, and flows as mitmproxy makes them."""

from collections.abc import Callable

import pytest
from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import Clear, Payload, QuarantineRecord, Verdict
from facegate_addons.domain.reasons import Reason
from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.test import tflow


class Jobs:
    """Registry"""

    def __init__(self, *jobs: Job, budget: int = 1) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.budget = budget

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        return self.jobs.get(job_id) if token == "to:ken" else None

    async def get(self, job_id: str) -> Job | None:
        return self.jobs.get(job_id)

    async def signing_keys(self, job_id: str) -> tuple[bytes, ...]:
        return (f"key of {job_id}".encode(),) if job_id in self.jobs else ()

    async def spend(self, job_id: str, spending: Spending) -> Reason | None:
        self.budget -= spending.releases
        return None if self.budget >= 0 else Reason.BUDGET_SPENT


class Eye:
    """Inspector"""

    def __init__(self, verdict: Verdict | Exception = Clear("text")) -> None:  # noqa: B008
        self.verdict = verdict
        self.seen: list[Payload] = []

    async def inspect(self, payload: Payload) -> Verdict:
        self.seen.append(payload)
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


class Shelf:
    """Vault"""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.kept: list[tuple[QuarantineRecord, bytes]] = []

    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        if self.fails:
            raise OSError("no space")
        self.kept.append((record, body))
        return record.id


class Book:
    """Ledger"""

    healthy = True

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []

    def append(self, entry: dict[str, object]) -> None:
        self.lines.append(entry)


class Everywhere:
    """Destinations"""

    def __init__(self, why: Reason | None = None) -> None:
        self.why = why

    async def judge(self, host: str, port: int) -> Reason | None:
        return self.why

    def judge_literal(self, host: str, port: int) -> Reason | None:
        return self.why


@pytest.fixture
def ports() -> type:
    class Ports:
        jobs, eye, shelf, book, everywhere = Jobs, Eye, Shelf, Book, Everywhere

    return Ports


@pytest.fixture
def make_flow() -> Callable[..., http.HTTPFlow]:
    def make(body: bytes | None = None, status: int = 200, **headers: str) -> http.HTTPFlow:
        """With a response when `body` is given. Underscores in names stand for hyphens."""
        flow = tflow.tflow(resp=body is not None)
        flow.client_conn.state, flow.client_conn.timestamp_end = ConnectionState.OPEN, None
        flow.request.headers = http.Headers(host="address")
        if body is not None:
            flow.response = http.Response.make(status, body)
            for name, value in headers.items():  # make() would try to undo a Content-Encoding
                flow.response.headers[name.replace("_", "-")] = value
        return flow

    return make
