"""Lines are written by a thread: a terminal that is held, or a pipe that nobody reads, stops no event loop."""

import contextlib
import logging
import queue
import threading
import traceback
from typing import Final, override

from facegate_addons.domain import current

MOST: Final = 10_000  # lines that wait, about 10 MB; beyond that they are lost, and counted
END_SECONDS: Final = 2.0  # for what waits when the process ends


class Queued(logging.Handler):
    """Gives lines to another handler, in their order. Each knows for which request it was written."""

    def __init__(self, to: logging.Handler, most: int = MOST) -> None:
        super().__init__()
        self._to = to
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(most)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.put_nowait(settled(record))
        except queue.Full:
            self._lost += 1

    @override
    def close(self) -> None:
        """Once what waits is written, or END_SECONDS are over. logging calls it when the interpreter ends."""
        if self._thread.is_alive():
            with contextlib.suppress(queue.Full):
                self._lines.put(None, timeout=END_SECONDS)
                self._thread.join(END_SECONDS)
        super().close()

    def _write(self) -> None:
        while (record := self._lines.get()) is not None:
            self._to.handle(record)
            if self._lost:
                lost, self._lost = self._lost, 0
                text = "%d lines of the log were lost: they came faster than they could be written"
                self._to.handle(logging.LogRecord(__name__, logging.ERROR, __file__, 0, text, (lost,), None))


def settled(record: logging.LogRecord) -> logging.LogRecord:
    """A copy that holds nothing but text and numbers: what it was about may change, or be large."""
    copy = logging.makeLogRecord(record.__dict__)
    try:
        copy.msg = record.getMessage()
    except Exception as error:  # noqa: BLE001 - a line with a mistake in it is still a line
        copy.msg = f"a line that cannot be written ({type(error).__name__})"
    copy.args, copy.exc_info, copy.stack_info, copy.exc_text = (), None, None, None
    if record.exc_info and record.exc_info[0]:
        copy.exception = "".join(traceback.format_exception(*record.exc_info)).rstrip()
    if request := current.request.get():
        copy.request = request
    return copy
