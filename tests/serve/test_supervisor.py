"""The supervisor's own decisions; starts, crashes and stops are tested live (live/test_serve.py)."""

import asyncio
import json
import logging
import os
import signal
import socket
from pathlib import Path

import pytest
from facegate import config
from facegate.errors import ConfigError, HomeError
from facegate.serve import supervisor
from facegate.serve.banner import BANNER
from facegate.serve.fleet import Fleet
from facegate.serve.lock import alone
from facegate.state import served
from facegate.state.home import Home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facegate.toml"
    path.write_text('[policy]\nfaces = "drop"\n')
    return path


def test_a_home_learns_which_file_it_is_served_with(file: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        def serve(source: Path | None) -> None:
            settings = config.load(source, home=str(home.path), listen__port=port)
            with pytest.raises(HomeError):  # the port is taken, or the home
                asyncio.run(supervisor.supervise(settings, {}))

        serve(file)
        assert served.noted(home) == file
        with alone(home.run):
            serve(None)
        assert served.noted(home) == file
        serve(None)
        assert served.noted(home) is None


def test_children_are_told_what_was_decided(file: Path, tmp_path: Path) -> None:
    settings = config.load(file, home=str(tmp_path), listen__workers=2, console__host="::1")
    fleet = supervisor._fleet(settings, {"home": str(tmp_path)}, 8080, 8081, tmp_path)
    assert [child.name for child in fleet.children] == ["gateway 0", "gateway 1", "console"]
    assert fleet.children[2]._arguments == [
        "facegate.console",
        f"--home={tmp_path}",
        "--console=[::1]:8081",
        f"--config={file}",
        f'--overrides={{"home": "{tmp_path}"}}',
    ]
    for slot in fleet.slots:
        for child, index in ((slot.child, slot.number), (slot._make(slot.number + 2), slot.number + 2)):
            module, text = child._arguments
            told = supervisor.GatewayArguments(str(file), {"home": str(tmp_path)}, index, 8080, [8080, 8081], 2)
            assert (module, text) == ("facegate.serve.gateway", told.to_json())


def test_a_successor_listens_where_the_one_before_it_does(tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path), console__enabled=False, listen__workers=2)
    with supervisor._reserved(settings) as port, supervisor._listening(settings, port) as listeners:
        for slot, listener in zip(
            supervisor._fleet(settings, {}, port, None, tmp_path, listeners).slots, listeners, strict=True
        ):
            assert slot.child._listener is slot._make(slot.number + 2)._listener is listener


def test_without_a_console_there_is_no_child_and_no_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = config.load(home=str(tmp_path), console__enabled=False, listen__port=8081)
    supervisor._two_addresses(settings)
    assert supervisor._console_port(settings) is None
    (child,) = supervisor._fleet(settings, {}, 8080, None, tmp_path).children
    assert json.loads(child._arguments[1])["own_ports"] == [8080]
    supervisor._say_how_to_use(settings, 8080, None, tmp_path)
    assert "  console  " not in capsys.readouterr().out


SIGNALS: list[signal.Signals] = []


class Signalled(Fleet):
    """One that only remembers what it was told."""

    def signal(self, number: signal.Signals) -> None:
        SIGNALS.append(number)


def test_a_reload_of_the_policy_is_a_signal(file: Path) -> None:
    SIGNALS.clear()
    supervisor._reload(Signalled([]), file)
    assert SIGNALS == [signal.SIGHUP]


def test_a_file_with_a_mistake_reaches_nobody(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    SIGNALS.clear()
    fleet = Signalled([])
    file.write_text("[policy]\nface = 1\n")
    supervisor._reload(fleet, file)
    file.unlink()
    supervisor._reload(fleet, file)
    assert not SIGNALS
    first, second = (record.message for record in caplog.records if record.levelno == logging.ERROR)
    assert first.startswith(f"not reloaded: {file}: unknown key policy.face")
    assert second.startswith(f"not reloaded: {file}: no such file")


def test_what_tells_of_a_change(file: Path, tmp_path: Path) -> None:
    before = supervisor._changed(file)
    os.utime(file, ns=(1, 1))
    assert before != supervisor._changed(file) == 1
    assert supervisor._changed(tmp_path / "none") == supervisor._changed(None) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_gateway_and_the_console_need_two_addresses(host: str) -> None:
    with pytest.raises(ConfigError, match="are both 9; choose another"):
        supervisor._two_addresses(config.load(listen__port=9, console__port=9, console__host=host))
    supervisor._two_addresses(config.load(listen__port=9, console__port=9, console__host="127.0.0.2"))
    supervisor._two_addresses(config.load(listen__port=0, console__port=0))


def test_usage_ends_with_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = config.load(home=str(tmp_path))
    supervisor._say_how_to_use(settings, 1234, 1235, tmp_path / "ca.pem")
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "ready"
    assert said.count("ready") == 1
    assert f"  try      curl --proxy http://127.0.0.1:1234 --cacert {tmp_path}/ca.pem https://example.org/" in said
    assert f"  a job    facegate job register FILE.toml --home {tmp_path}" in said
    assert any('"untargeted"' in line for line in said)
    supervisor._say_how_to_use(config.load(identity__required=True), 1, 2, tmp_path)
    assert "untargeted" not in capsys.readouterr().out


def test_usage_names_the_file_that_rules_jobs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor._say_how_to_use(config.load(file), 1, 2, file)
    assert f"  a job    facegate job register FILE.toml --config {file}" in capsys.readouterr().out.splitlines()


def test_usage_is_loud_where_nothing_is_withheld(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor._say_how_to_use(config.load(policy__mode="observe"), 1, 2, tmp_path)
    said = capsys.readouterr()
    assert "  mode     OBSERVE: nothing is withheld\nready\n" in said.out
    assert BANNER in said.err
    supervisor._say_how_to_use(config.load(), 1, 2, tmp_path)
    said = capsys.readouterr()
    assert "OBSERVE" not in said.out + said.err
