"""What a job may do, in a few sentences for a person. Pure."""

from facegate_addons.domain.job import Job, Kind, Outside, Scope

from facegate.jobs.widening import counted

_FEW = 3  # hosts that are named


def in_words(job: Job) -> tuple[str, ...]:
    """A sentence each. What it looks for first."""
    scope = job.scope
    ends = f"It ends on {scope.expires:%Y-%m-%d at %H:%M} UTC." if scope.expires else "It has no end."
    if scope.kind is Kind.UNTARGETED:
        what = "covered" if job.redact else "withheld, or covered where the gateway's policy says so"
        return (
            "Looks for nobody in particular, on any host.",
            f"Faces never pass: they are {what}.",
            ends,
            *_asks(job),
        )
    whom = (
        "one given person" if scope.kind is Kind.INDIVIDUAL else counted(len(scope.subjects), "person", "given persons")
    )
    return (
        f"Looks for {whom} on {_where(scope)}.",
        f"Faces pass there, {_how_much(scope)}, once the scope is approved.",
        _when(scope, ends),
        "A request outside the scope does not go out."
        if scope.outside is Outside.REFUSE
        else "A request outside the scope goes out, and its faces are withheld.",
        *_asks(job),
    )


def _where(scope: Scope) -> str:
    named = ", ".join(scope.hosts[:_FEW])
    more = len(scope.hosts) - _FEW
    hosts = f"{named} and {counted(more, 'host', 'hosts')} more" if more > 0 else named or "no host"
    narrowed = [
        counted(len(values), one, many)
        for values, one, many in (
            (scope.paths, "path", "paths"),
            (scope.ports, "port", "ports"),
            (scope.methods, "method", "methods"),
        )
        if values
    ]
    return f"{hosts} ({', '.join(narrowed)} only)" if narrowed else hosts


def _how_much(scope: Scope) -> str:
    budgets = (
        (scope.max_releases, "responses with faces"),
        (scope.max_faces, "faces"),
        (scope.max_responses, "responses"),
        (scope.max_bytes, "bytes"),
    )
    bounds = [f"{most:,} {what}" for most, what in budgets if most is not None]
    return f"up to {', '.join(bounds)}" if bounds else "without a bound"


def _when(scope: Scope, ends: str) -> str:
    begins = f"It begins on {scope.begins:%Y-%m-%d at %H:%M} UTC. " if scope.begins else ""
    hours = f" It is at work from {scope.hours.begins:%H:%M} to {scope.hours.ends:%H:%M} UTC." if scope.hours else ""
    return f"{begins}{ends}{hours}"


def _asks(job: Job) -> tuple[str, ...]:
    asked = [what for what, live in (("streams", job.streams), ("WebSockets", job.websocket)) if live == "inspect"]
    return (f"It asks for {' and '.join(asked)}: each piece is looked at before it leaves.",) if asked else ()
