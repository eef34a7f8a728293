"""Which job a client's connection speaks for, where the connection itself has said so and not each request in it."""

import hmac
from dataclasses import dataclass, field

from facegate_addons.domain.job import Job
from facegate_addons.domain.ports import Registry


@dataclass(frozen=True, slots=True)
class Bound:
    """A job and what proved it: its token, or the key of a signature; neither where the connection's kind did."""

    job_id: str
    token: str | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)

    async def job(self, registry: Registry) -> Job | None:
        """The job as it now is; None once the proof is good no longer: it was replaced."""
        if self.token is not None:
            return await registry.authenticate(self.job_id, self.token)
        if self.key is not None:
            keys = await registry.signing_keys(self.job_id)
            if not any(hmac.compare_digest(key, self.key) for key in keys):
                return None
        return await registry.get(self.job_id)


class Bindings:
    """Client connection id -> what it is bound to. Whether that holds and may still crawl is asked at each request."""

    def __init__(self) -> None:
        self._bound: dict[str, Bound] = {}

    def bind(self, client_id: str, bound: Bound) -> None:
        self._bound[client_id] = bound

    def of(self, client_id: str) -> Bound | None:
        return self._bound.get(client_id)

    def forget(self, client_id: str) -> None:
        """At the connection's end; one that was never bound is forgotten too."""
        self._bound.pop(client_id, None)
