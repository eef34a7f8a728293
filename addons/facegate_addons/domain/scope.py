"""Is this request inside the job's scope? Pure."""

from datetime import datetime

from facegate_addons.domain.model import Job, Kind


def host_matches(pattern: str, host: str) -> bool:
    """`news.example` is that host alone; `*.example.org` is every host below example.org, not itself."""
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def in_scope(job: Job, host: str, now: datetime) -> bool:
    """True when a face in a response from `host` may reach this job."""
    return (
        job.scope.kind is not Kind.UNTARGETED
        and job.in_force(now)
        and any(host_matches(pattern, host) for pattern in job.scope.hosts)
    )
