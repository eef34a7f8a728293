import io
import json

import pytest
from facegate.demo.crawl import Answer
from facegate.demo.site import Holds, Resource
from facegate.demo.telling import AsLines, OnTerminal
from rich.console import Console

PASSED = Answer("http://localhost:1/a.html", 200, "clear", "pass", "", "", "0" * 64, 0.0123)
WITHHELD = Answer("http://localhost:1/b.jpg", 451, "faces", "quarantine", "faces", "r1", "1" * 64, 0.5)
PAGE = Resource("a page", "text/html", b"")
PORTRAIT = Resource("a portrait", "image/jpeg", b"", Holds.FACE)


def told(short: bool) -> str:
    out = io.StringIO()
    telling = OnTerminal(Console(file=out, width=80))
    telling.scene("A title", "A text.")
    telling.verb(("job", "approve", "x", "--reason", "two words"), "Approved [x].\n")
    with telling.crawl("untargeted", short=short) as row:
        row(PASSED, PAGE)
        row(WITHHELD, PORTRAIT)
    telling.figures(passed_with_a_face="0 of 1")
    return out.getvalue()


def test_on_a_terminal() -> None:
    text = told(short=False)
    assert "$ facegate job approve x --reason 'two words'\nApproved [x].\n" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["a", "page", "200", "pass", "clear", "12"] in rows
    assert ["a", "portrait", "451", "quarantine", "faces", "500"] in rows
    assert "  passed with a face: 0 of 1\n" in text


def test_in_short_what_has_no_face_and_passed_is_left_out() -> None:
    assert "a page" not in told(short=True)
    assert "a portrait" in told(short=True)


def test_as_lines(capsys: pytest.CaptureFixture[str]) -> None:
    telling = AsLines()
    telling.scene("A title", "A text.")
    telling.verb(("job", "register"), "a secret")
    with telling.crawl("untargeted") as row:
        row(WITHHELD, PORTRAIT)
    telling.figures(passed_with_a_face="0 of 1")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "crawl": "untargeted", "url": "http://localhost:1/b.jpg", "what": "a portrait", "status": 451,
        "verdict": "faces", "action": "quarantine", "reason": "faces", "record": "r1", "holds": "a face", "ms": 500.0,
    }  # fmt: skip
    assert second == {"figures": {"passed_with_a_face": "0 of 1"}}
