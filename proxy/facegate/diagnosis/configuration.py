"""What the configuration allows that most would not want."""

from collections.abc import Iterator

from facegate.config import Config
from facegate.diagnosis.finding import Finding, ok, warning
from facegate.hostport import host_port

SUBJECT = "configuration"


def look(settings: Config) -> Iterator[Finding]:
    """`settings` were read already, so nothing in them is wrong by itself."""
    yield ok(SUBJECT, f"{settings.source} is read whole" if settings.source else "there is no file; the defaults hold")
    if settings.gate_policy.observes:
        yield warning(SUBJECT, "observe mode: nothing is withheld", 'write mode = "enforce" in [policy]')
    if settings.loopback_only:
        return
    at = host_port(settings.listen.host, settings.listen.port)
    if not settings.identity_required:
        yield warning(
            SUBJECT,
            f"whoever reaches {at} crawls without credentials",
            "leave identity.required away, and register a job for each crawl",
        )
    if settings.private_allowed:
        yield warning(
            SUBJECT,
            "crawlers elsewhere may reach this machine's private network through the gateway",
            "leave egress.private away, or write private = false in [egress]",
        )
