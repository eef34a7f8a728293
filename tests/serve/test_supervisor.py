"""The supervisor's own decisions; starts, crashes and stops are tested live (live/test_serve.py)."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from facegate import config
from facegate.errors import ConfigError, HomeError
from facegate.serve import supervisor
from facegate.serve.banner import BANNER
from facegate.serve.child import Child
from facegate.state import served
from facegate.state.home import Home


class Recorded(Child):
    """A child that only remembers its signals."""

    def __init__(self, name: str) -> None:
        super().__init__(name, [])
        self.signals: list[signal.Signals] = []

    def signal(self, number: signal.Signals) -> None:
        self.signals.append(number)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facegate.toml"
    path.write_text('[policy]\nfaces = "drop"\n')
    return path


def test_one_serve_for_a_home(tmp_path: Path) -> None:
    already = rf"another facegate serves from .* \(process {os.getpid()}\); stop it or"
    with supervisor._alone(tmp_path), pytest.raises(HomeError, match=already), supervisor._alone(tmp_path):
        pytest.fail("two at once")
    with supervisor._alone(tmp_path):
        pass  # the first gave it back


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, os; from facegate.serve import supervisor\n"
        "with supervisor._alone(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    with supervisor._alone(tmp_path):
        assert (tmp_path / "serve.lock").read_text() == str(os.getpid())
        assert (tmp_path / "serve.lock").stat().st_mode & 0o777 == 0o600


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
        with supervisor._alone(home.run):
            serve(None)
        assert served.noted(home) == file
        serve(None)
        assert served.noted(home) is None


def test_children_are_told_what_was_decided(file: Path, tmp_path: Path) -> None:
    settings = config.load(file, home=str(tmp_path), listen__workers=2, console__host="::1")
    children = supervisor._children(settings, {"home": str(tmp_path)}, 8080, 8081)
    assert [child.name for child in children] == ["gateway 0", "gateway 1", "console"]
    assert children[2]._arguments == [
        "facegate.console",
        f"--home={tmp_path}",
        "--console=[::1]:8081",
        f"--config={file}",
        f'--overrides={{"home": "{tmp_path}"}}',
    ]
    for index, child in enumerate(children[:2]):
        module, text = child._arguments
        told = supervisor.GatewayArguments(str(file), {"home": str(tmp_path)}, index, 8080, [8080, 8081], 2)
        assert (module, text) == ("facegate.serve.gateway", told.to_json())


def test_without_a_console_there_is_no_child_and_no_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = config.load(home=str(tmp_path), console__enabled=False, listen__port=8081)
    supervisor._two_addresses(settings)
    assert supervisor._console_port(settings) is None
    (child,) = supervisor._children(settings, {}, 8080, None)
    assert json.loads(child._arguments[1])["own_ports"] == [8080]
    supervisor._say_how_to_use(settings, 8080, None, tmp_path)
    assert "  console  " not in capsys.readouterr().out


def test_a_reload_reaches_the_gateways_alone(file: Path) -> None:
    gateway, console = Recorded("gateway 0"), Recorded("console")
    supervisor._reload([gateway, console], file)
    assert (gateway.signals, console.signals) == ([signal.SIGHUP], [])


def test_a_file_with_a_mistake_reaches_nobody(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Recorded("gateway 0")
    file.write_text("[policy]\nface = 1\n")
    supervisor._reload([gateway], file)
    file.unlink()
    supervisor._reload([gateway], file)
    assert not gateway.signals
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
