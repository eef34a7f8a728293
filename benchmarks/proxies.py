"""The proxies that are compared: started on loopback with an empty home each, stopped at the end."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from live.gateways import Gateway

START = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Proxy:
    url: str
    pid: int  # of the first of its processes
    home: Path = Path()  # of a gateway


@contextmanager
def facegate(*options: str, config: str = "") -> Iterator[Proxy]:
    """A gateway with its defaults; a client on loopback is the built-in untargeted job."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        try:
            gateway = stack.enter_context(Gateway(Path(folder) / "home", config, *options))
        except AssertionError as error:
            raise click.ClickException(str(error)) from None
        yield Proxy(gateway.proxy, gateway.pid, gateway.home)


def run(proxy: Proxy, *arguments: str) -> str:
    """What another verb of facegate says, on the home of a gateway."""
    argv = [sys.executable, "-m", "facegate.cli", *arguments, "--home", str(proxy.home)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    return done.stdout


@contextmanager
def mitmdump(*options: str) -> Iterator[Proxy]:
    """mitmdump with its defaults, but for its address, its folder and its printing, which goes nowhere."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("mitmdump")
    with TemporaryDirectory() as folder:
        argv = [program, "--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"confdir={folder}"]
        process = subprocess.Popen([*argv, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield Proxy(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def glue(yunet: Path) -> Iterator[Proxy]:
    """mitmdump with a hook that runs OpenCV's YuNet on each picture."""
    hook = Path(__file__).parent / "gate" / "glue.py"
    with mitmdump("-s", str(hook), "--set", f"yunet={yunet.absolute()}") as proxy:
        yield proxy


def _wait_for(port: int) -> None:
    """mitmdump says nothing when it is ready: try until it accepts."""
    until = time.monotonic() + START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise click.ClickException(f"mitmdump did not answer within {START:.0f} seconds") from None
            time.sleep(0.05)
        else:
            return
