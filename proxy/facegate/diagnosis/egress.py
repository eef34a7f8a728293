"""Is the gateway the only way out? Asked from where a crawler runs, for a destination that is named."""

import socket
from collections.abc import Iterable, Iterator

from facegate.diagnosis.finding import Finding, note, ok, problem
from facegate.hostport import host_port

SUBJECT = "egress"
SECONDS = 5.0


def look(destinations: Iterable[tuple[str, int]]) -> Iterator[Finding]:
    """A connection is opened and closed; nothing is sent."""
    tried = False
    for host, port in destinations:
        tried = True
        at = host_port(host, port)
        try:
            socket.create_connection((host, port), SECONDS).close()
        except OSError as error:
            why = error.strerror or type(error).__name__
            yield ok(SUBJECT, f"{at} is not reached without the gateway ({why})")
        else:
            yield problem(
                SUBJECT,
                f"{at} is reached without the gateway: a crawler here can go round it",
                "let the firewall pass nobody but the gateway (deploy/nftables, docs/deploy.md)",
            )
    if not tried:
        yield note(
            SUBJECT,
            "whether crawlers can go round the gateway was not tried",
            "on a crawler's machine, as its user: facegate check --bypass example.com:443",
        )
