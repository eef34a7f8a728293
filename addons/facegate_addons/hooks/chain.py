"""The order of the steps. Deny puts the refusal there first; only the seal, after which nothing is decided, takes it
away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from facegate_addons.domain.identities import Identities
from facegate_addons.domain.job import Job
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.policy import Policy
from facegate_addons.domain.ports import Corrections, Inspector, Ledger, Registry, Releases, Samples, Vault
from facegate_addons.hooks.audit import Audit
from facegate_addons.hooks.bindings import Bindings
from facegate_addons.hooks.bounds import Bounds, Destinations
from facegate_addons.hooks.deadline import Connections, Deadline
from facegate_addons.hooks.deliver import Deliver
from facegate_addons.hooks.deny import Deny
from facegate_addons.hooks.identify import Identify
from facegate_addons.hooks.quarantine import Quarantine
from facegate_addons.hooks.redact import Redact
from facegate_addons.hooks.sample import Sampler
from facegate_addons.hooks.scan import NOTHING_CORRECTED, Scan
from facegate_addons.hooks.seal import Seal
from facegate_addons.hooks.slowdown import Slowdown
from facegate_addons.hooks.streams import Streams
from facegate_addons.hooks.transport import Transport
from facegate_addons.hooks.within import Within


@dataclass(frozen=True)
class Parts:
    """What the chain is made of: adapters of the ports, and the deployment's choices."""

    registry: Registry
    inspector: Inspector
    vault: Vault
    ledger: Ledger
    destinations: Destinations
    connections: Connections
    fallback: Job | None
    policy: Callable[[], Policy]
    versions: Mapping[str, str]
    keep: timedelta
    limits: Limits
    identities: Callable[[], Identities] = Identities
    bindings: Bindings = field(default_factory=Bindings)  # of connections that were authenticated below HTTP
    corrections: Corrections = NOTHING_CORRECTED
    releases: Releases | None = None
    slowdown: Slowdown | None = None  # where others than the chain tell of wrong credentials, too
    samples: Samples | None = None
    sampling: float = 0.0  # the share of passed pictures that is drawn for review


def chain(parts: Parts) -> list[object]:
    def versions() -> Mapping[str, str]:
        return {**parts.versions, "policy": parts.policy().version}

    slowdown = parts.slowdown or Slowdown(parts.ledger, lambda: parts.identities().longest_delay)
    scan = Scan(parts.inspector, parts.registry, parts.policy, parts.corrections)
    return [
        Deny(),
        Identify(parts.registry, parts.fallback, slowdown, parts.identities, parts.bindings),
        Transport(),
        Within(),
        Deliver(parts.releases, parts.registry, parts.ledger),
        Bounds(parts.destinations, parts.ledger, parts.limits.head),
        Deadline(parts.connections, parts.limits.response),
        scan,
        Streams(scan, parts.connections),
        Redact(),
        Quarantine(parts.vault, parts.keep, versions),
        Seal(),
        Sampler(parts.samples, parts.sampling, versions),
        Audit(parts.ledger, versions),
    ]
