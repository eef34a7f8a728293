"""The console as a process of its own: `python -m facegate.console`, started by `facegate serve`."""

import json
import signal
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

import click
import uvicorn

from facegate.commands.options import home_options
from facegate.config import Config, load
from facegate.console.app import create_app
from facegate.errors import ConfigError, FacegateError
from facegate.hostport import host_port, parse_host_port
from facegate.logs.begin import begin
from facegate.metrics.exposition import serve
from facegate.sections import Console
from facegate.serve.parent import tell, when_orphaned
from facegate.serve.ports import bound

DRAIN = 5  # seconds for answers under way; pages take milliseconds
BACKLOG = 128  # connections that wait to be accepted
CONNECTIONS = 200  # at once; more get 503 rather than memory


@click.command()
@click.option("--console", "listen", metavar="HOST:PORT", help="Where to listen, in place of the configuration's.")
@home_options
@click.option("--overrides", default="{}", hidden=True, help="What else `serve` was told, as JSON.")
@click.option("--status-fd", type=int, help="Where the supervisor waits for a word.")
@click.option("--life-fd", type=int, help="The supervisor's life line.")
def main(
    listen: str | None,
    config: Path | None,
    home: Path | None,
    overrides: str,
    status_fd: int | None,
    life_fd: int | None,
) -> None:
    """Serve the console until SIGTERM, or until the supervisor ends."""
    try:
        told = json.loads(overrides)
        if home:
            told["home"] = str(home.absolute())
        if listen:
            told["console__host"], told["console__port"] = parse_host_port(listen, "--console")
        settings = load(config, **told)
        begin(settings.log, "console")
        run(settings, told, status_fd, life_fd)
    except FacegateError as error:
        if status_fd is None:
            click.echo(f"facegate: {error}", err=True)
        else:
            tell(status_fd, str(error))
        sys.exit(2)


class _Server(uvicorn.Server):
    """Streams of events would last until the drain's end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.live.close()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def check_certificate(settings: Console) -> None:
    """Raises ConfigError when TLS cannot be spoken with it."""
    if not settings.certificate:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.certificate,
            settings.key,
            lambda: "",  # else it would ask on a terminal
        )
    except OSError as error:  # ssl.SSLError, too
        why = "are no certificate and its key in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        files = f"{settings.certificate}, {settings.key}"
        raise ConfigError(
            f"console.certificate, console.key: {files}: {why}; name files that this user can read"
        ) from None


def run(config: Config, overrides: dict[str, Any], status_fd: int | None, life_fd: int | None) -> None:
    """Returns after SIGTERM or SIGINT, drained. Raises FacegateError when it cannot start."""
    check_certificate(config.console)
    with bound(config.console.host, config.console.port, "console") as listener:
        # asyncio does so of itself for sockets that say that they are TCP; those of this listener do not
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.listen(BACKLOG)
        settings = config.console
        if config.metrics.port:
            serve(config.home / "run", config.metrics.host, config.metrics.port)
        app = create_app(config, overrides)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,  # its lines are ours
                log_level="warning",
                access_log=False,  # addresses of reviewers; who looked at what is in the ledger
                server_header=False,
                proxy_headers=False,  # whoever sends X-Forwarded-For could dodge the brake on guessing
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=DRAIN,
                ssl_certfile=settings.certificate or None,
                ssl_keyfile=settings.key or None,
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
            click.echo(f"console {settings.scheme}://{host_port(*listener.getsockname()[:2])}")
        else:
            tell(status_fd, "ready")
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
