"""What is told of an exchange must never be what refuses it: a failure to trace costs a span and is logged once."""

import functools
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

_told: set[str] = set()


def harmless[**P](note: Callable[P, None]) -> Callable[P, None]:
    """Whatever `note` raises ends here. Its text is not logged: it may quote what was received."""

    @functools.wraps(note)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            note(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - see above
            name = getattr(note, "__qualname__", "a note")
            if name not in _told:
                _told.add(name)
                logger.warning("traces: %s failed: %s", name, type(error).__name__)

    return wrapped
