"""The gateways in numbers, in the Prometheus text format (version 0.0.4). Nothing of jobs, hosts or people."""

from collections.abc import Iterable

from facegate.console.gateways import STALE, Status, Unreadable, observing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(statuses: list[Status | Unreadable]) -> str:
    """A gateway whose status cannot be read is there, and not ready; what else it does is not known and not said."""
    known = [status for status in statuses if isinstance(status, Status)]
    return "".join(
        (
            _gauge(
                "facegate_observe_mode",
                "1 while any gateway withholds nothing: [policy] mode is observe.",
                [("", observing(statuses))],
            ),
            _gauge(
                "facegate_gateway_observe_mode",
                "1 while this gateway withholds nothing.",
                [(status.name, status.observes) for status in known],
            ),
            _gauge(
                "facegate_gateway_ready",
                "1 while this gateway takes requests.",
                [(status.name, _ready(status)) for status in statuses],
            ),
            _gauge(
                "facegate_gateway_workers",
                "Inspection workers of this gateway that are alive.",
                [(status.name, status.workers) for status in known],
            ),
            _gauge(
                "facegate_gateway_report_age_seconds",
                "Seconds since this gateway wrote its status, as it does every second.",
                [(status.name, max(0.0, status.age)) for status in known],
            ),
        )
    )


def _ready(status: Status | Unreadable) -> bool:
    return isinstance(status, Status) and status.ready and status.age <= STALE


def _gauge(name: str, meaning: str, samples: Iterable[tuple[str, float]]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    lines += [f"{name}{_label(gateway)} {float(value):g}" for gateway, value in samples]
    return "\n".join(lines) + "\n"


def _label(gateway: str) -> str:
    """The name of a status file, without what is the same in all."""
    return f'{{gateway="{gateway.removeprefix("gateway-")}"}}' if gateway else ""
