"""Every hook of every addon, guarded: what a hook failed or hung over is refused, and the rest of the chain still runs.

mitmproxy logs an addon that raises and lets the flow go on, waits for ever for one that does not return, lets AddonHalt
skip the seal, and leaves the client hanging over a CancelledError. The steps of the chain take care of themselves
(hooks.step); this holds for whatever else is, or will be, among the addons.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence

from mitmproxy import hooks, http
from mitmproxy.addonmanager import AddonManager
from mitmproxy.connection import Client
from mitmproxy.master import Master
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers.modes import Socks5AuthData
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from facegate_addons.domain import current
from facegate_addons.domain.alarms import Alarm, sound
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.refusal import refusal
from facegate_addons.hooks.waiting import cut_off_after
from facegate_addons.wire.next_layer import INSPECTED, ClosingLayer

logger = logging.getLogger(__name__)

type Hooked = Callable[..., Awaitable[None] | None]

_UPDATE = hooks.UpdateHook([])
_names: dict[str, tuple[str, ...]] = {}  # event -> its arguments; each name has one class

# the layers need a response then
ANSWERED = ("responseheaders", "response", "http_connected", "http_connect_error", "stream_window", "stream_end")
HOOK_SECONDS = 310.0  # for one event in all addons; the longest step cuts itself off after 300 (hooks.scan)


class GuardedAddons(AddonManager):
    """Takes the place of a Master's `addons` before the first one is added."""

    def __init__(self, master: Master, seconds: float = HOOK_SECONDS) -> None:
        AddonManager.__init__(self, master)
        self._seconds = seconds
        self._hooks: dict[str, list[Hooked]] = {}  # event -> hooks, in order

    def add(self, *addons: object) -> None:
        AddonManager.add(self, *addons)
        self._hooks.clear()

    def remove(self, addon: object) -> None:
        AddonManager.remove(self, addon)
        self._hooks.clear()

    async def trigger_event(self, event: hooks.Hook) -> None:
        hooked, arguments = self._hooked(event), arguments_of(event)
        rest = iter(hooked)
        about = next(iter(arguments), None)
        if isinstance(about, http.HTTPFlow):
            current.request.set(about.id)
        while hooked:
            try:
                await cut_off_after(self._seconds, _run(rest, arguments))
                break
            except GeneratorExit:
                raise
            except BaseException as error:
                logger.error("a hook of %s failed: %s", event.name, type(error).__name__)  # noqa: TRY400 - no texts
                refuse(event)
                if not isinstance(error, asyncio.CancelledError):
                    sound(Alarm.HOOK_FAILED)
                if _cancelled(error):  # by somebody who waits for the end of this task, not by a hook
                    raise
        _hold_to_the_rules(event, about)

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """mitmproxy says after each event that the flow may have changed, even where nobody listens for that."""
        if self._hooked(_UPDATE):
            await AddonManager.handle_lifecycle(self, event)
        else:
            await self.trigger_event(event)

    def _hooked(self, event: hooks.Hook) -> list[Hooked]:
        """mitmproxy asks every addon at every event; the answer changes only when addons come and go."""
        found = self._hooks.get(event.name)
        if found is None:
            found = [hook for addon in self.chain for _, hook in self._iter_hooks(addon, event)]
            self._hooks[event.name] = found
        return found


def refuse(event: hooks.Hook) -> None:
    """Whatever the event is about comes to its end."""
    match subject(event):
        case http.HTTPFlow() as flow:
            exchange_of(flow).refuse(Reason.INTERNAL)
            if event.name == "response":  # also where the seal let it pass, and what failed comes after it: the audit
                flow.response = refusal(flow)
        case NextLayer() as undecided:
            undecided.layer = ClosingLayer(undecided.context)
        case Socks5AuthData() as credentials:
            credentials.valid = False
        case ServerConnectionHookData(server=server):
            server.error = "refused"
        case Client() as client:
            client.error = "refused"


async def _run(rest: Iterator[Hooked], arguments: Sequence[object]) -> None:
    for hook in rest:
        if (waits := hook(*arguments)) is not None:
            await waits


def _hold_to_the_rules(event: hooks.Hook, about: object) -> None:
    """What no addon may choose: a layer that relays, a flow that waits for ever, no response where one has to be."""
    match about:
        case NextLayer(layer=layer) as undecided if layer is not None and type(layer) not in (*INSPECTED, ClosingLayer):
            refuse(event)
            undecided.context.layers[:] = [other for other in undecided.context.layers if other is not layer]
        case http.HTTPFlow() as flow:
            if flow.intercepted:
                refuse(event)
                flow.resume()
            if flow.response is None and event.name in ANSWERED:
                refuse(event)
                flow.response = refusal(flow)


def subject(event: hooks.Hook) -> object:
    """What the event is about; None for events about nothing."""
    return next(iter(arguments_of(event)), None)


def arguments_of(event: hooks.Hook) -> list[object]:
    """mitmproxy's Hook.args asks the dataclass for its fields each time."""
    names = _names.get(event.name)
    if names is None:
        assert dataclasses.is_dataclass(event)
        names = _names[event.name] = tuple(field.name for field in dataclasses.fields(event))
    return [getattr(event, name) for name in names]


def _cancelled(error: BaseException) -> bool:
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
