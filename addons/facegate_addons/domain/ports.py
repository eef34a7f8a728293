"""What the gate needs from the world, as protocols. Adapters satisfy them; tests satisfy them with small classes."""

from collections.abc import Mapping
from typing import Protocol

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import Payload, QuarantineRecord, Verdict
from facegate_addons.domain.reasons import Reason


class Inspector(Protocol):
    """Looks at one body in another process."""

    async def inspect(self, payload: Payload) -> Verdict:
        """Never raises: a worker that died, hung or was not to be had is an Unreadable."""
        ...


class Registry(Protocol):
    """The jobs. Look-ups of jobs that were used lately answer from memory; they are made for each request."""

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        """The job whose token this is, in whatever state it is; None when either is wrong. Raises when neither
        memory nor the state can tell."""
        ...

    async def get(self, job_id: str) -> Job | None:
        """The job as it now is: its version in force, or, where none is, the one that waits; None for an unknown."""
        ...

    async def signing_keys(self, job_id: str) -> tuple[bytes, ...]:
        """What the job's crawler may sign requests with (domain.signature): one for each good token; none for an
        unknown job. Raises like `authenticate`."""
        ...

    async def spend(self, job_id: str, spending: Spending) -> Reason | None:
        """Take what one response needs from the job's budgets, all or nothing, exactly, across processes. None only
        once that is durable; else why nothing was taken. Whatever it raises means that nothing may be released."""
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
