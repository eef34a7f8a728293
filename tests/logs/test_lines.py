import json
import logging
import sys

from facegate.logs.lines import FIRST, formatter
from facegate.logs.queued import settled


def record(message: str = "worker %d died", *args: object, **extra: object) -> logging.LogRecord:
    line = logging.LogRecord("facegate.x", logging.WARNING, "/x.py", 7, message, args, None)
    line.__dict__.update(extra)
    return settled(line)


def test_one_object_a_line_for_programs() -> None:
    line = formatter("gateway-0", json=True).format(record("worker %d died", 7, request="r-1", size=3, error="a\nb"))
    told = json.loads(line)
    assert "\n" not in line
    assert tuple(told) == (*FIRST, "size", "error")
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "warning",
        "process": "gateway-0",
        "logger": "facegate.x",
        "event": "worker 7 died",
        "request": "r-1",
        "size": 3,
        "error": "a\\nb",
    }


def test_text_for_people_is_coloured_where_there_are_colours() -> None:
    plain, coloured = (formatter("serve", json=False, colours=on).format(record("gone", size=3)) for on in (0, 1))
    assert "\x1b[" in coloured
    assert "\x1b[" not in plain
    assert ("gone" in plain, "size=3" in plain, "process=serve" in plain) == (True, True, True)
    assert "\n" not in plain


def test_an_exception_is_a_field_or_the_lines_below() -> None:
    try:
        raise ValueError("of ours http://u:secret@h/?a=b")
    except ValueError:
        line = logging.LogRecord("facegate.x", logging.ERROR, "/x.py", 7, "a bug", (), sys.exc_info())
    told = json.loads(formatter("serve", json=True).format(settled(line)))
    assert told["exception"].splitlines()[-1] == "ValueError: of ours http://h/?..."
    shown = formatter("serve", json=False).format(settled(line))
    assert shown.splitlines()[-1] == "ValueError: of ours http://h/?..."
    assert "secret" not in shown


def test_what_is_neither_text_nor_number_is_only_named() -> None:
    told = json.loads(formatter("serve", json=True).format(record(body=b"SECRET", flow={"a": "SECRET"})))
    assert (told["body"], told["flow"]) == ("bytes", "dict")


def test_a_field_cannot_take_the_place_of_who_speaks() -> None:
    told = json.loads(formatter("serve", json=True).format(record(level="none", event="x", at="never")))
    assert (told["level"], told["process"]) == ("warning", "serve")
    assert told["at"] != "never"
