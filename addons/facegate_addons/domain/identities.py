"""What stands for a job beside its token: networks and certificates, and how patient the gateway is with the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from facegate_addons.domain.networks import Networks
from facegate_addons.domain.signature import LIFE_MAX

DELAY_MAX = 8.0  # seconds; crawlers give up on an answer after 10 and more

_JOB = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Identities:
    networks: Networks = field(default_factory=Networks)
    certificates: Mapping[str, str] = field(default_factory=dict)  # sha256 of the DER in hex -> job id
    signature_life: float = 300.0  # seconds
    longest_delay: float = DELAY_MAX


def identities(
    sources: Mapping[str, str], certificates: Mapping[str, str], signature_life: float, longest_delay: float
) -> Identities:
    """As a configuration says them. Raises ValueError that names the setting and says what to write."""
    for name, table in (("sources", sources), ("certificates", certificates)):
        for key, job in table.items():
            if not isinstance(job, str) or not is_job_id(job):
                raise ValueError(f'{name}: {key!r} has to stand for the id of a job, like "crawl-1", not {job!r}')
    try:
        networks = Networks(sources)
    except ValueError as error:
        raise ValueError(f"sources: {error}") from None
    known: dict[str, str] = {}
    for text, job in certificates.items():
        fingerprint = text.replace(":", "").lower()
        if not re.fullmatch("[0-9a-f]{64}", fingerprint):
            raise ValueError(
                f"certificates: {text!r} is no SHA-256 fingerprint; write the 64 hex digits of"
                " `openssl x509 -noout -fingerprint -sha256`"
            )
        if fingerprint in known:
            raise ValueError(f"certificates: {text} is there twice, in two spellings; keep one")
        known[fingerprint] = job
    if not 1 <= signature_life <= LIFE_MAX:
        raise ValueError("signature_life has to be from 1s to 1h")
    if not 0 <= longest_delay <= DELAY_MAX:
        raise ValueError(f"longest_delay has to be from 0s to {DELAY_MAX:.0f}s")
    return Identities(networks, known, signature_life, longest_delay)


def is_job_id(text: str) -> bool:
    return _JOB.fullmatch(text) is not None
