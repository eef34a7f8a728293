"""Is this request inside the job's scope? Pure."""

from dataclasses import dataclass
from datetime import datetime

from facegate_addons.domain.job import Job


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as scopes see it: `hosts` are all names its origin was asked by, `path` is as sent, with its query."""

    hosts: frozenset[str]
    port: int
    method: str
    path: str


def host_matches(pattern: str, host: str) -> bool:
    """`news.example` is that host alone; `*.example.org` is every host below example.org, not itself."""
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def in_scope(job: Job, asked: Asked, now: datetime) -> bool:
    """True when a face in the response to `asked` may reach this job, budgets aside."""
    scope = job.scope
    return job.in_force(now) and all(any(host_matches(p, host) for p in scope.hosts) for host in asked.hosts)
