import logging
import threading

from facegate.logs.queued import Queued, settled
from facegate_addons.domain import current


class Held(logging.Handler):
    """Writes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.begun, self.lines = threading.Event(), threading.Event(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.begun.set()
        assert self.go.wait(20)
        self.lines.append(record.getMessage())


def record(text: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("facegate.x", logging.WARNING, "/x.py", 7, text, args, None)


def test_nobody_waits_for_what_is_not_read_and_what_is_lost_is_counted() -> None:
    held = Held()
    queued = Queued(held, most=2)
    queued.handle(record("first"))
    assert held.begun.wait(20)
    for each in range(5):
        queued.handle(record("line %d", each))
    held.go.set()
    queued.close()
    lost = "3 lines of the log were lost: they came faster than they could be written"
    assert held.lines == ["first", lost, "line 0", "line 1"]


def test_a_line_knows_its_request_and_keeps_nothing_else_alive() -> None:
    token = current.request.set("r-1")
    try:
        line = record("%s died", ["a list"])
        copy = settled(line)
    finally:
        current.request.reset(token)
    assert (copy.msg, copy.args, vars(copy)["request"]) == ("['a list'] died", (), "r-1")
    assert "request" not in vars(line)
    assert "request" not in vars(settled(line))


def test_a_line_with_a_mistake_is_a_line() -> None:
    assert settled(record("%d died", "one")).getMessage() == "a line that cannot be written (TypeError)"
