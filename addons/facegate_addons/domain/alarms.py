"""What must never happen. A wall behind stopped it, and told whoever listens in this process.

Steps, hooks and layers are made in many places, some of them by mitmproxy: nothing can be handed to them all.
"""

from collections.abc import Callable
from enum import StrEnum


class Alarm(StrEnum):
    SEAL_MISMATCH = "seal-mismatch"  # a PASS or REDACT was for other bytes than those that came to the seal
    STEP_FAILED = "step-failed"  # a step of the chain raised, or hung
    HOOK_FAILED = "hook-failed"  # so did a hook outside of the steps


_listeners: list[Callable[[Alarm], None]] = []


def listen(listener: Callable[[Alarm], None]) -> Callable[[], None]:
    """`listener` hears every alarm from now on; what is returned ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def sound(alarm: Alarm) -> None:
    for listener in _listeners:
        listener(alarm)
