import json
from typing import Any

import pytest
from facegate.commands.opened import desk_of, print_fields, print_json, print_table, writing
from facegate.config import load


def test_json_is_ascii_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"url": "https://ü/\n\u2028"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out)["url"] == "https://ü/\n\u2028"


def test_values_cannot_break_a_line_or_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [("x\ty", "[red]z\n"), (None, 3)])
    print_fields([("name", "\x1b]0;title\x07")])
    assert capsys.readouterr().out == ("a\tb\nx\\u0009y\t[red]z\\u000a\n\t3\nname           \\u001b]0;title\\u0007\n")


def test_a_desk_has_the_thresholds_of_the_configuration(facegate: Any) -> None:
    config = load(home=str(facegate.home), accumulation__hosts=7, accumulation__faces=0)
    with writing(config, new=True) as opened:
        desk = desk_of(opened, config)
        assert (desk.thresholds.hosts, desk.thresholds.faces) == (7, None)
        assert (desk.database, desk.ledger) == (opened.database, opened.ledger)


@pytest.mark.parametrize(
    "verb",
    [
        ("job", "list"),
        ("job", "show", "crawl"),
        ("job", "revoke", "crawl"),
        ("job", "submit", "crawl"),
        ("job", "withdraw", "crawl"),
        ("job", "approve", "crawl", "--as", "eve"),
        ("job", "reject", "crawl", "--as", "eve", "--reason", "no paper"),
        ("job", "token", "crawl"),
        ("job", "signing-key", "crawl"),
        ("job", "diff"),
        ("quarantine", "list"),
        ("quarantine", "show", "record-1"),
        ("quarantine", "purge"),
        ("ledger", "verify"),
    ],
    ids=" ".join,
)
def test_a_home_that_is_not_there_is_not_made(facegate: Any, verb: tuple[str, ...]) -> None:
    assert "name a facegate home" in facegate.refused(*verb)
    assert not facegate.home.exists()
