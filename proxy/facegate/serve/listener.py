"""The sockets that one gateway process accepts from. The supervisor opens them and keeps them open: connections that
wait to be accepted are served by the process that is started after one that ended."""

import socket

from facegate.serve.ports import bound_all


class Listener:
    """Bound, and not listening before a gateway does: until then connections are refused."""

    def __init__(self, host: str, port: int, setting: str) -> None:
        """Raises HomeError."""
        self._where = (host, port, setting)
        self._sockets: list[socket.socket] = bound_all(*self._where)
        self._closed = False

    @property
    def descriptors(self) -> list[int]:
        return [each.fileno() for each in self._sockets]

    def renew(self) -> None:
        """End the connections that wait, and refuse others until a gateway listens again. Raises HomeError."""
        if not self._closed:
            before, self._sockets = self._sockets, bound_all(*self._where)
            _close(before)

    def close(self) -> None:
        """For good. The port is closed once the gateway has closed it, too."""
        self._closed = True
        _close(self._sockets)
        self._sockets = []


def _close(sockets: list[socket.socket]) -> None:
    for each in sockets:
        each.close()
