"""How one line looks: coloured text for people, one JSON object for programs."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from facegate.logs.clean import cleaned

FIRST = ("at", "level", "process", "logger", "event", "request")


def formatter(process: str, *, json: bool, colours: bool = False) -> logging.Formatter:
    """`process` is who speaks. A line has `FIRST`, but for `request` where it is about none; then its own fields."""

    def told(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        record: logging.LogRecord = event["_record"]
        fields = {name: _plain(name, value) for name, value in event.items() if not name.startswith("_")}
        fields |= {"process": process, "logger": record.name, "level": record.levelname.lower()}
        fields["at"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return {name: fields.pop(name) for name in FIRST if name in fields} | fields

    return ProcessorFormatter(foreign_pre_chain=[ExtraAdder()], processors=[told, _json() if json else _text(colours)])


def _json() -> Processor:
    return structlog.processors.JSONRenderer()


def _text(colours: bool) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=colours,
        timestamp_key="at",
        sort_keys=False,
        pad_event_to=0,
        exception_formatter=structlog.dev.plain_traceback,  # the others show what variables hold
    )


def _plain(name: str, value: object) -> object:
    """Numbers and truth as they are, text cleaned; of what is neither, only what it is."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return "\n".join(map(cleaned, _lines(name, value)))
    return type(value).__name__


def _lines(name: str, text: str) -> Sequence[str]:
    return text.split("\n") if name == "exception" else [text]
