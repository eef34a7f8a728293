"""The log of one process, on its standard error: begun once the configuration is read."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import TextIO

from facegate.logs.lines import formatter
from facegate.logs.queued import Queued
from facegate.sections import Log

OURS = ("facegate", "facegate_addons")


def begin(settings: Log, process: str, *filters: logging.Filter, stream: TextIO | None = None) -> logging.Handler:
    """Everything that is logged from now on, past `filters`. What others log below a warning is of no use here."""
    stream = stream or sys.stderr
    terminal = stream.isatty()
    writing = logging.StreamHandler(stream)
    json = settings.format == "json" or (settings.format == "auto" and not terminal)
    writing.setFormatter(formatter(process, json=json, colours=terminal))
    handler = Queued(writing)
    for each in filters:
        handler.addFilter(each)
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    logging.raiseExceptions = False  # it would print what a line was to be made of
    root = logging.getLogger()
    for other in root.handlers[:]:
        if isinstance(other, Queued):
            root.removeHandler(other)
            other.close()
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    return handler


@contextlib.contextmanager
def logging_to(stream: TextIO, settings: Log, process: str) -> Iterator[None]:
    """`begin`, and as it was before in the end."""
    root = logging.getLogger()
    before = (root.level, [logging.getLogger(name).level for name in OURS], logging.raiseExceptions)
    handler = begin(settings, process, stream=stream)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(before[0])
        for name, level in zip(OURS, before[1], strict=True):
            logging.getLogger(name).setLevel(level)
        logging.raiseExceptions = before[2]
