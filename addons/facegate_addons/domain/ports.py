"""What the gate needs from the world, as protocols. Adapters satisfy them; tests satisfy them with small classes."""

from collections.abc import Mapping
from typing import Protocol

from facegate_addons.domain.model import Job, Payload, QuarantineRecord, Verdict


class Inspector(Protocol):
    """Looks at one body in another process."""

    async def inspect(self, payload: Payload) -> Verdict:
        """Never raises: a worker that died, hung or was not to be had is an Unreadable."""
        ...


class Registry(Protocol):
    """The jobs. Look-ups answer from memory; they may be made for each request."""

    def authenticate(self, job_id: str, token: str) -> Job | None:
        """The job whose token this is, in whatever state it is; None when either is wrong."""
        ...

    def get(self, job_id: str) -> Job | None: ...

    async def spend_release(self, job_id: str) -> bool:
        """Count one face-bearing response against the job's budget. True only once that count is durable; whatever
        it raises means that it is not."""
        ...


class Vault(Protocol):
    """Quarantined bytes and their records."""

    async def keep(self, record: QuarantineRecord, body: bytes) -> None:
        """Store both, durably, before returning. Raises on any failure; then nothing may be answered but a refusal."""
        ...


class Ledger(Protocol):
    """The hash-chained audit log."""

    @property
    def healthy(self) -> bool: ...

    def append(self, entry: Mapping[str, object]) -> None:
        """Take one entry; it is written and chained in the order of the calls."""
        ...
