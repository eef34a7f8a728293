"""What an answer says about itself: passed, withheld or refused, by the gateway or by somebody else."""

import re
from dataclasses import dataclass

from scrapy.http import Response

# The gateway's own states, each of which ends; these come with 503 and Retry-After.
PASSING_STATES = frozenset({"overloaded", "vault-failed", "state-failed", "ledger-failed"})
# The origin's moments: Scrapy's own retries ask again, as without a gateway.
OF_THE_ORIGIN = frozenset({"origin-unreachable"})
# These are of the job, so each other request would be answered likewise.
OF_THE_JOB = frozenset({"no-credentials", "bad-credentials", "job-inactive"})
_REASON = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Answer:
    """`reason` is "" where the answer is the origin's; `action` is "" where it did not come from the gateway."""

    status: int
    action: str = ""
    verdict: str = ""
    reason: str = ""
    record: str = ""
    observed: str = ""
    retry_after: float | None = None  # seconds

    @property
    def is_gateways(self) -> bool:
        """It came by way of the gateway."""
        return bool(self.action or self.reason)

    @property
    def may_be_kept(self) -> bool:
        """It may be had from a cache later, by whatever job: no face is in it, or none that is to be seen."""
        return not self.reason and (self.action == "redact" or (self.action == "pass" and self.verdict == "clear"))


def read(response: Response) -> Answer:
    reason = _text(response, "Facegate-Reason")
    return Answer(
        status=response.status,
        action=_text(response, "Facegate-Action"),
        verdict=_text(response, "Facegate-Verdict"),
        reason=reason if not reason or _REASON.fullmatch(reason) else "unknown",
        record=_text(response, "Facegate-Record"),
        observed=_text(response, "Facegate-Observed"),
        retry_after=_seconds(_text(response, "Retry-After")),
    )


def _text(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _seconds(value: str) -> float | None:
    """The gateway says seconds, never a date."""
    return float(value) if value.isascii() and value.isdigit() else None
