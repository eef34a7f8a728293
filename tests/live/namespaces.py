"""Network namespaces: a crawler, a router with the gateway on it, and an origin, each alone with its cables.

Root of one's own (`unshare -r`) is enough. Commands run in a namespace by `nsenter`; it ends with the process in it.
"""

import subprocess
from collections.abc import Sequence
from typing import Self

SETTLED = "printf x; exec sleep 600"  # says that the namespace is there


class Namespace:
    """`run` and `start` run in it; `pid` is the process that holds it open."""

    def __init__(self) -> None:
        self._held = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", SETTLED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._held.stdout
        assert self._held.stdout.read(1) == b"x", "no network namespace: root, or user namespaces, are needed"
        self.pid = self._held.pid

    def __enter__(self) -> Self:
        self.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        self._held.kill()
        self._held.wait()
        assert self._held.stdout
        self._held.stdout.close()

    def within(self, *command: str) -> list[str]:
        return ["nsenter", "-t", str(self.pid), "-n", *command]

    def run(self, *command: str) -> bytes:
        done = subprocess.run(self.within(*command), capture_output=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def configure(self, *lines: str) -> None:
        """Arguments of `ip`, a line each."""
        for line in lines:
            self.run("ip", *line.split())


def cable(one: Namespace, other: Namespace, name: str, addresses: Sequence[str]) -> None:
    """`name`0 at `one` and `name`1 at `other`, with an address each."""
    one.configure(f"link add {name}0 type veth peer name {name}1 netns {other.pid}")
    for end, namespace, address in zip((f"{name}0", f"{name}1"), (one, other), addresses, strict=True):
        namespace.configure(f"addr add {address} dev {end}", f"link set {end} up")
