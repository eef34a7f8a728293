"""What the gate needs from the world, as protocols. Adapters satisfy them; tests satisfy them with small classes."""

from collections.abc import Mapping
from typing import Protocol

from facegate_addons.domain.job import Job, Spending
from facegate_addons.domain.model import Delivery, Payload, QuarantineRecord, Sample, Verdict
from facegate_addons.domain.reasons import Reason


class Inspector(Protocol):
    """Looks at one body in another process."""

    async def inspect(self, payload: Payload) -> Verdict:
        """Never raises: a worker that died, hung or was not to be had is an Unreadable."""
        ...


class SharedVerdicts(Protocol):
    """Verdicts that the gateways of several machines remember together."""

    async def get(self, name: bytes) -> tuple[Verdict, float] | None:
        """With the seconds for which it is good. Never raises, and answers in milliseconds: None where in doubt."""
        ...

    def put(self, name: bytes, verdict: Verdict) -> None:
        """Never raises and never waits; it may come to nothing."""
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

    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        """Store both, durably, before returning the id of the record that the body has: that of `record`, or, for a
        body that was withheld before, the older one's. Raises on any failure; then nothing may be answered but a
        refusal."""
        ...


class Samples(Protocol):
    """Pictures that passed, kept for a while to be looked at by a person."""

    async def keep(self, sample: Sample, body: bytes) -> bool:
        """False when there is no room for it. Raises on any failure; neither concerns the response."""
        ...


class Corrections(Protocol):
    """Bodies that a person found to bear no face."""

    def corrected(self, digest: str, codings: tuple[str, ...], operator: str) -> bool:
        """Is a correction of this very body in force for the jobs of `operator`? Nobody's word counts for their own.
        From memory, a moment old at most; False whenever that cannot be told."""
        ...


class Releases(Protocol):
    """Quarantined bodies that persons let through to a job."""

    async def waiting(self, record: str, job: str, url: str) -> Delivery | None:
        """What a granted release of `record` to `job` has to deliver at `url`, where the job had seen it. Changes
        nothing. Raises where that cannot be told."""
        ...

    async def take(self, delivery: Delivery) -> bool:
        """True once, and only when it is durable that it was delivered: whoever gets it may pass the body on."""
        ...


class Ledger(Protocol):
    """The hash-chained audit log."""

    @property
    def healthy(self) -> bool: ...

    def append(self, entry: Mapping[str, object]) -> None:
        """Take one entry; it is written and chained in the order of the calls."""
        ...
