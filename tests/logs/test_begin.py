import io
import json
import logging
import subprocess
import sys
import timeit

import pytest
from facegate.logs.begin import begin, logging_to
from facegate.sections import Log


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(settings: Log, stream: io.StringIO) -> str:
    with logging_to(stream, settings, "serve"):
        logging.getLogger("facegate.x").warning("ours", extra={"size": 3})
        logging.getLogger("facegate_addons.x").info("exchange")
        logging.getLogger("somebody.else").info("of its insides")
        logging.getLogger("somebody.else").warning("theirs")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("form", "stream", "json_lines"),
    [("auto", io.StringIO, True), ("auto", Terminal, False), ("text", io.StringIO, False), ("json", Terminal, True)],
)
def test_for_a_person_or_a_program(form: str, stream: type[io.StringIO], json_lines: bool) -> None:
    lines = said(Log(format=form), stream()).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("{") == json_lines for line in lines)


def test_each_level_has_what_is_above_and_of_others_only_warnings() -> None:
    events = {
        level: [json.loads(line)["event"] for line in said(Log(level=level), io.StringIO()).splitlines()]
        for level in ("debug", "info", "warning", "error")
    }
    assert events == {
        "debug": ["ours", "exchange", "theirs"],
        "info": ["ours", "exchange", "theirs"],
        "warning": ["ours", "theirs"],
        "error": [],
    }


def test_it_ends_with_the_process_and_can_be_begun_anew() -> None:
    code = (
        "import logging, sys; from facegate.logs.begin import begin; from facegate.sections import Log\n"
        "begin(Log(), 'one'); begin(Log(), 'two'); logging.getLogger('facegate').error('the last word')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    (line,) = done.stderr.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["process"]) == ("the last word", "two")


def test_what_is_off_is_not_made() -> None:
    """Asking whether a line is on costs a small part of one that is written."""
    with logging_to(io.StringIO(), Log(), "gateway-0"):
        logger = logging.getLogger("facegate_addons.hooks.audit")
        off = min(timeit.repeat(lambda: logger.isEnabledFor(logging.INFO), number=1_000, repeat=5))
        on = min(timeit.repeat(lambda: logger.warning("exchange", extra={"ms": 1}), number=100, repeat=3)) * 10
    assert off * 20 < on


def test_filters_see_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    level = root.level
    handler = begin(Log(level="error"), "x", lambda record: record.name == "kept")  # type: ignore[arg-type]
    try:
        logging.getLogger("kept").error("one")
        logging.getLogger("other").error("two")
    finally:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(level)
        for name in ("facegate", "facegate_addons"):
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.raiseExceptions = True
    assert capsys.readouterr().err.count("\n") == 1
