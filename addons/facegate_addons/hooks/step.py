"""What every step of the chain is wrapped in: a step that fails or hangs refuses the exchange.

mitmproxy logs a hook that raises and lets the flow go on, never times a hook out, and leaves the client hanging when a
hook is cancelled. So no exception leaves a step, CancelledError included, and none of its text is logged: it may carry
a body.
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from mitmproxy import http

from facegate_addons.domain.alarms import Alarm, sound
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.waiting import cut_off_after

logger = logging.getLogger(__name__)

type Hook[A] = Callable[[A, http.HTTPFlow], None]
type AsyncHook[A] = Callable[[A, http.HTTPFlow], Coroutine[Any, Any, None]]


def step[A](hook: Hook[A]) -> Hook[A]:
    """Wrap a hook that does not wait for anything."""

    @functools.wraps(hook)
    def wrapped(addon: A, flow: http.HTTPFlow) -> None:
        try:
            hook(addon, flow)
        except Exception as error:  # noqa: BLE001 - see above
            _failed(hook, flow, error, Reason.INTERNAL)

    return wrapped


def waiting_step[A](seconds: float, otherwise: Reason) -> Callable[[AsyncHook[A]], AsyncHook[A]]:
    """Wrap a hook that may wait: after `seconds` it is cut off and the exchange refused with `otherwise`."""

    def wrap(hook: AsyncHook[A]) -> AsyncHook[A]:
        @functools.wraps(hook)
        async def wrapped(addon: A, flow: http.HTTPFlow) -> None:
            try:
                await cut_off_after(seconds, hook(addon, flow))
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - see above
                _failed(hook, flow, error, otherwise)

        return wrapped

    return wrap


def _failed(hook: object, flow: http.HTTPFlow, error: BaseException, reason: Reason) -> None:
    exchange_of(flow).refuse(reason)
    if reason is Reason.INTERNAL and not isinstance(error, asyncio.CancelledError):  # else it has a word of its own
        sound(Alarm.STEP_FAILED)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    name = getattr(hook, "__qualname__", str(hook))
    told = {"step": name, "error": type(error).__name__, "reason": reason.value}
    logger.error("%s: %s at %s", name, type(error).__name__, where, extra=told)
