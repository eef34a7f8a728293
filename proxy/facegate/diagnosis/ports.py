"""Who serves: a gateway of this home, nobody yet, or another program on its ports."""

from collections.abc import Iterator

from facegate.config import Config
from facegate.diagnosis.finding import Finding, note, ok, problem
from facegate.errors import FacegateError
from facegate.modes import kind
from facegate.serve import lock
from facegate.serve.ports import free_port
from facegate.state.home import Home

SUBJECT = "ports"


def look(settings: Config, home: Home) -> Iterator[Finding]:
    if process := lock.serving(home.run):
        yield ok(SUBJECT, f"a gateway serves from this home (process {process})")
        return
    if kind(settings.listen.mode) == "wireguard":
        return  # datagrams: they are tried when it starts
    wanted = [("listen", settings.listen.host, settings.listen.port)]
    if settings.console.enabled:
        wanted.append(("console", settings.console.host, settings.console.port))
    taken = 0
    for name, host, port in wanted:
        try:
            free_port(host, port, name)
        except FacegateError as error:
            taken += 1
            yield problem(SUBJECT, str(error), f"set {name}.port, or find who has it: ss -ltnp")
    if not taken:
        yield note(SUBJECT, "no gateway serves from this home; its ports are free", "facegate serve")
