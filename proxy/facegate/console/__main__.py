"""The console as a process of its own: `python -m facegate.console`, started by `facegate serve`."""

import signal
import sys
from pathlib import Path

import click
import uvicorn

from facegate.commands.options import given, home_options
from facegate.config import Config
from facegate.console.app import create_app
from facegate.errors import FacegateError
from facegate.hostport import host_port, parse_host_port
from facegate.serve.parent import tell, when_orphaned
from facegate.serve.ports import bound

DRAIN = 5  # seconds for answers under way; pages take milliseconds
BACKLOG = 128  # connections that wait to be accepted
CONNECTIONS = 200  # at once; more get 503 rather than memory


@click.command()
@click.option("--console", "listen", metavar="HOST:PORT", help="Where to listen, in place of the configuration's.")
@home_options
@click.option("--status-fd", type=int, help="Where the supervisor waits for a word.")
@click.option("--life-fd", type=int, help="The supervisor's life line.")
def main(
    listen: str | None, config: Path | None, home: Path | None, status_fd: int | None, life_fd: int | None
) -> None:
    """Serve the console until SIGTERM, or until the supervisor ends."""
    try:
        host, port = parse_host_port(listen, "--console") if listen else (None, None)
        run(given(config, home, console__host=host, console__port=port), status_fd, life_fd)
    except FacegateError as error:
        if status_fd is None:
            click.echo(f"facegate: {error}", err=True)
        else:
            tell(status_fd, str(error))
        sys.exit(2)


def run(config: Config, status_fd: int | None, life_fd: int | None) -> None:
    """Returns after SIGTERM or SIGINT, drained. Raises FacegateError when it cannot start."""
    with bound(config.console.host, config.console.port, "console") as listener:
        listener.listen(BACKLOG)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(config),
                log_level="warning",
                access_log=False,  # addresses of reviewers; who looked at what is in the ledger
                server_header=False,
                proxy_headers=False,  # whoever sends X-Forwarded-For could dodge the brake on guessing
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=DRAIN,
            )
        )

        def stop(*_: object) -> None:
            server.should_exit = True

        # Ours count until uvicorn's are in place, and after: it raises the signal again once it has drained.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if life_fd is not None:
            when_orphaned(life_fd, stop)
        if status_fd is None:
            click.echo(f"console http://{host_port(*listener.getsockname()[:2])}")
        else:
            tell(status_fd, "ready")
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
