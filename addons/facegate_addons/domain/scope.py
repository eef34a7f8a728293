"""Is this request inside the job's scope? Pure."""

from dataclasses import dataclass
from datetime import datetime

from facegate_addons.domain.hostnames import host_set
from facegate_addons.domain.job import Job
from facegate_addons.domain.paths import path_matches


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as scopes see it: `hosts` are all names its origin was asked by, `path` is as sent, with its query."""

    hosts: frozenset[str]
    port: int
    method: str
    path: str


def in_scope(job: Job, asked: Asked, now: datetime) -> bool:
    """True when a face in the response to `asked` may reach this job, budgets aside. Each name that the origin was
    asked by has to fit, and there has to be one."""
    scope, purpose = job.scope, job.conditions.purpose
    return (
        job.in_force(now)
        and (purpose is None or not purpose.outside_the_prohibition)
        and (scope.hours is None or scope.hours.holds(now))
        and (not scope.ports or asked.port in scope.ports)
        and (not scope.methods or asked.method in scope.methods)
        and bool(asked.hosts)
        and all(map(host_set(scope.hosts).holds, asked.hosts))
        and asked.path.startswith("/")
        and (not scope.paths or path_matches(scope.paths, asked.path))
    )
