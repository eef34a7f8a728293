"""A connection out of a peer's own tunnel speaks for that peer's job: who holds the tunnel's key has said who it is."""

from collections.abc import Mapping

from mitmproxy.connection import Client

from facegate_addons.hooks.bindings import Bindings, Bound


class Peers:
    """`jobs`: the spec of a proxy mode, of which each tunnel has one -> job id."""

    def __init__(self, bindings: Bindings, jobs: Mapping[str, str]) -> None:
        self._bindings = bindings
        self._jobs = jobs

    def client_connected(self, client: Client) -> None:
        job = self._jobs.get(client.proxy_mode.full_spec)
        if job is not None:
            self._bindings.bind(client.id, Bound(job))

    def client_disconnected(self, client: Client) -> None:
        self._bindings.forget(client.id)
