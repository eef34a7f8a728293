"""The console as a process of its own: `python -m facegate.console`, started by `facegate serve`."""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import click
import uvicorn

from facegate.commands.options import configured, home_options
from facegate.config import Config
from facegate.console.app import create_app
from facegate.errors import FacegateError, HomeError

DRAIN = 5  # seconds for answers under way; pages take milliseconds
PARENT_CHECK = 0.5  # seconds between looks at whether the parent still lives
CONNECTIONS = 200  # at once; more get 503 rather than memory


@click.command()
@click.option("--console", "listen", metavar="HOST:PORT", help="Where to listen, in place of the configuration's.")
@home_options
def main(listen: str | None, config: Path | None, home: Path | None) -> None:
    """Serve the console until SIGTERM, or until the parent process ends."""
    try:
        run(configured(config, home, **_address(listen)))
    except FacegateError as error:
        click.echo(f"facegate: {error}", err=True)
        sys.exit(2)


def run(config: Config) -> None:
    """Returns after SIGTERM or SIGINT, drained. Raises FacegateError when it cannot start."""
    with _bind(config.console.host, config.console.port) as listener:
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
        # uvicorn raises the signal again once it has drained; with the default handlers that would be exit -15
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        threading.Thread(target=_follow_parent, args=(os.getppid(),), name="parent", daemon=True).start()
        host, port = listener.getsockname()[:2]
        click.echo(f"console http://{f'[{host}]' if ':' in host else host}:{port}")
        server.run(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise HomeError(f"console.host = {host!r}: {error.strerror}; write an address of this machine") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise HomeError(
            f"the console cannot listen on {host}:{port} ({error.strerror}); choose another with --console HOST:PORT"
        ) from None
    return listener


def _address(listen: str | None) -> dict[str, object]:
    if listen is None:
        return {}
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdigit():
        raise HomeError(f"--console has to be HOST:PORT, like 127.0.0.1:8081, not {listen!r}")
    return {"console__host": host.strip("[]") or "127.0.0.1", "console__port": int(port)}


def _follow_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
