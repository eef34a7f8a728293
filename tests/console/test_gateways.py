import json
from pathlib import Path

import pytest
from facegate.console.gateways import Status, Unreadable, gateways, observing

TOLD = {"at": 100.0, "ready": True, "why": [], "workers": 2, "pid": 1, "observe": False}


def write(run: Path, name: str, **told: object) -> None:
    (run / f"{name}.json").write_text(json.dumps(TOLD | told))


def test_what_each_says_by_name(tmp_path: Path) -> None:
    write(tmp_path, "gateway-1", ready=False, why=["ledger"], observe=True)
    write(tmp_path, "gateway-0")
    (tmp_path / "serve.lock").write_text("1")
    assert gateways(tmp_path, 103.5) == [
        Status("gateway-0", 3.5, True, (), 2, False),
        Status("gateway-1", 3.5, False, ("ledger",), 2, True),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"ready": true}', '{"at": null, "ready": true}'])
def test_what_cannot_be_read_is_known_as_such(tmp_path: Path, text: str) -> None:
    (tmp_path / "gateway-0.json").write_text(text)
    assert gateways(tmp_path, 0.0) == [Unreadable("gateway-0")]


def test_one_that_observes_is_enough_however_old_its_report(tmp_path: Path) -> None:
    assert not observing(gateways(tmp_path, 0.0))
    write(tmp_path, "gateway-0")
    (tmp_path / "gateway-2.json").write_text("")
    assert not observing(gateways(tmp_path, 0.0))
    write(tmp_path, "gateway-1", observe=True)
    assert observing(gateways(tmp_path, 1e9))
    write(tmp_path, "gateway-1", observe="yes")
    assert not observing(gateways(tmp_path, 0.0))
