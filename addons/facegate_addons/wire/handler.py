"""One client's connection and those to origins for it, as mitmproxy drives them, with fewer detours.

mitmproxy starts a hook while it handles an event, under a lock, so a hook that is done at once waits for the lock all
the same: a future, a handle and a turn of the event loop, four times for each exchange. Here what such a hook answers
is handled as soon as the event is, by whoever handles that. And what one event has to say to one connection is written
together: a head and its body are one packet.
"""

import asyncio
import collections
import logging
from collections.abc import Callable
from typing import Any

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.server import ConnectionIO

from facegate_addons.wire.guard import subject

AT_ONCE = 32  # answers of hooks; then other connections have their turn: a client may send a thousand requests ahead
TOGETHER = 256 << 10  # bytes copied to be sent at once; of more, a packet less is not worth the copy

_hooks: set[asyncio.Task[None]] = set()  # that wait; the event loop itself keeps no tasks


class PromptHandler(ProxyConnectionHandler):
    """Replaces mitmproxy's ProxyConnectionHandler."""

    def __init__(self, *arguments: Any) -> None:
        ProxyConnectionHandler.__init__(self, *arguments)
        self._due: collections.deque[events.Event] = collections.deque()
        self._credit = 0  # events that may still be added to those that are being handled
        self._unsent: dict[Connection, list[bytes]] = {}

    async def server_event(self, event: events.Event) -> None:
        if self._credit:  # it comes of a task that the handling of an event has just started
            self._credit -= 1
            self._due.append(event)
            return
        async with self._server_event_lock:
            self._due.append(event)
            self._credit = AT_ONCE
            try:
                while self._due:
                    self._safely(self._handle, self._due.popleft())
                self._safely(self._send)
            finally:
                self._credit = 0

    async def handle_connection(self, connection: Connection) -> None:
        """A task that is begun at once may read, answer and close before mitmproxy has noted whom to end for it."""
        io = self.transports[connection]
        io.handler = io.handler or asyncio.current_task()
        await super().handle_connection(connection)

    async def handle_hook(self, hook: commands.StartHook) -> None:
        with self.timeout_watchdog.disarm():
            await self.master.addons.handle_lifecycle(hook)
            if isinstance(about := subject(hook), http.HTTPFlow) and about.intercepted:
                await about.wait_for_resume()

    def _safely[*A](self, act: Callable[[*A], None], *arguments: *A) -> None:
        try:
            act(*arguments)
        except Exception:  # noqa: BLE001 - as mitmproxy has it: the connection is left to its time-outs
            self.log("mitmproxy has crashed!", logging.ERROR, exc_info=True)

    def _handle(self, event: events.Event) -> None:
        self.timeout_watchdog.register_activity()
        for command in self.layer.handle_event(event):
            self._obey(command)

    def _obey(self, command: commands.Command) -> None:
        match command:
            case commands.StartHook():
                task = asyncio.create_task(self.hook_task(command))
                if not task.done():
                    _hooks.add(task)
                    task.add_done_callback(_hooks.discard)
            case commands.SendData(connection=connection, data=data):
                self._unsent.setdefault(connection, []).append(data)
            case commands.OpenConnection(connection=connection):
                assert connection not in self.transports
                handler = asyncio.create_task(self.open_connection(command))
                self.transports[connection] = ConnectionIO(handler=handler)
            case commands.RequestWakeup():
                self.wakeup_timer.add(asyncio.create_task(self.wakeup(command)))
            case commands.CloseConnection(connection=connection):
                self._send()
                if connection in self.transports:
                    half = isinstance(command, commands.CloseTcpConnection) and command.half_close
                    self.close_connection(connection, half)
            case commands.Log():
                self.log(command.message, command.level)
            case _:
                raise RuntimeError(f"Unexpected command: {command}")

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, {}
        for connection, pieces in unsent.items():
            io = self.transports.get(connection)
            writer = io.writer if io is not None else None
            if writer is None or writer.is_closing():
                continue
            if len(pieces) > 1 and sum(map(len, pieces)) <= TOGETHER:
                pieces = [b"".join(pieces)]
            for piece in pieces:
                writer.write(piece)
