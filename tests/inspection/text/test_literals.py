import base64
import json
import random
from collections.abc import Callable

import pytest
from facegate_addons.inspection.text.literals import literals

DATA = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(1_200)
CODE = base64.b64encode(DATA).decode()


def pieces(size: int, code: str = CODE) -> list[str]:
    return [code[at : at + size] for at in range(0, len(code), size)]


WRITTEN: dict[str, Callable[[], str]] = {
    "characters": lambda: json.dumps(list(CODE)),
    "characters over lines": lambda: json.dumps(list(CODE), indent=1),
    "a list of Python": lambda: repr(list(CODE)),
    "cells": lambda: "<tr><td>" + "<td>".join(CODE),
    "spans": lambda: "".join(f'<span class="a b">{two}</span>' for two in pieces(2)),
    "calls": lambda: "".join(f'a.push("{one}");' for one in CODE),
    "sums": lambda: "".join(f"s+='{three}';" for three in pieces(3)),
    "values": lambda: json.dumps({str(at): one for at, one in enumerate(CODE)}),
    "objects": lambda: json.dumps([{"c": one} for one in CODE]),
    "names": lambda: json.dumps(dict.fromkeys(pieces(16))),
    "slashes escaped": lambda: json.dumps(list(CODE)).replace("/", "\\/"),
    "digits of hexadecimal": lambda: json.dumps(list(DATA.hex())),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_short_pieces_are_put_together(name: str) -> None:
    assert any(DATA in run.data for run in literals(WRITTEN[name]().encode()))


def test_ordinary_text_has_none() -> None:
    rows = [{"id": number, "name": f"Item {number}", "unit": "kg", "on": "Y"} for number in range(500)]
    assert not list(literals(json.dumps(rows).encode()))
    assert not list(literals(b"<tr><td>A1</td><td>17</td><td>USD</td></tr>" * 500))
    assert not list(literals(b'"'))
