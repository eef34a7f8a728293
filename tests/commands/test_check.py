import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from facegate.cli import main
from live.gateways import Gateway
from live.processes import eventually, family, mark_of, members


def check(*options: str) -> tuple[int, list[dict[str, str]]]:
    said = CliRunner().invoke(main, ["check", "--json", *options])
    assert said.stderr == ""
    return said.exit_code, json.loads(said.stdout)


def test_in_a_new_place_nothing_is_wrong(tmp_path: Path) -> None:
    status, found = check("--quick", "--home", str(tmp_path / "home"), "--config", str(config(tmp_path)))
    assert status == 0
    subjects = {"configuration", "files", "clock", "CA", "state", "ports", "egress", "sandbox"}
    assert {it["subject"] for it in found} == subjects
    assert not (tmp_path / "home").exists()  # who looks changes nothing


def test_a_broken_configuration_is_the_only_finding(tmp_path: Path) -> None:
    file = config(tmp_path, "[listen]\nprot = 1\n")
    status, (found,) = check("--config", str(file))
    assert status == 1
    assert found["state"] == "problem"
    assert "port" in found["says"]


def test_a_way_round_is_a_problem(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        at = f"127.0.0.1:{server.getsockname()[1]}"
        said = CliRunner().invoke(
            main, ["check", "--quick", "--home", str(tmp_path / "h"), "--config", str(config(tmp_path)), "--bypass", at]
        )
    assert said.exit_code == 1
    assert f"{at} is reached without the gateway" in said.stdout
    assert "-> let the firewall" in said.stdout


def config(tmp_path: Path, text: str = "[listen]\nport = 0\n[console]\nenabled = false\n") -> Path:
    file = tmp_path / "facegate.toml"
    file.write_text(text)
    return file


@pytest.mark.live
@pytest.mark.timeout(300)
def test_the_gateway_that_serves_is_tried_through_its_real_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = f"[listen]\nport = {port}\n[console]\nenabled = false\n"
    with Gateway(tmp_path / "home", text, "--listen", f"127.0.0.1:{port}", console=False, inspectors=1) as gateway:
        done = gateway.run("check", "--json", "--live")
    found = json.loads(done.stdout)
    assert [it["says"] for it in found if it["subject"] == "gate"] == [
        "a gateway with this configuration holds: 52 ways past a proxy were tried, and ordinary pages pass",
        "the gateway that serves holds: 52 ways past a proxy were tried, and ordinary pages pass",
    ]
    assert any("a gateway serves from this home" in it["says"] for it in found)


@pytest.mark.live
def test_stopped_it_leaves_no_gateway_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary), "PATH": os.environ["PATH"] + mark_of(temporary)}
    argv = [sys.executable, "-m", "facegate.cli", "check", "--json", "--home", str(tmp_path / "home")]
    process = subprocess.Popen(
        [*argv, "--config", str(config(tmp_path))], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    eventually(lambda: members(temporary, "facegate.serve.gateway"), 120, "a gateway is tried")
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (1, b"\nAborted!\n")  # click's words for Ctrl-C
    assert not family(temporary)
    assert not list(temporary.iterdir())
