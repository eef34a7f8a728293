"""Listening sockets that the supervisor opened. It keeps them open, so connections that wait to be accepted outlive the
process that was to accept them, and another one may accept beside it."""

import socket
from collections.abc import Sequence

from mitmproxy import ctx
from mitmproxy.addonmanager import Loader

OPTION = "facegate_listening"


class Inherited:
    """Makes their descriptors known as an option of mitmproxy's, which is where its servers look."""

    def load(self, loader: Loader) -> None:
        loader.add_option(OPTION, Sequence[str], [], "Descriptors of sockets that are bound already.")


def sockets() -> list[socket.socket]:
    """Whoever takes them closes them. None: the server is to open its own."""
    found = [socket.socket(fileno=int(text)) for text in getattr(ctx.options, OPTION, ())]
    for each in found:  # asyncio does so of itself where the system tells that they are TCP's
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found
