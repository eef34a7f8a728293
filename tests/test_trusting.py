import ast
import os
import shlex
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from facegate import ca, trusting


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder whose name a shell and Python have to be told with care."""
    folder = tmp_path_factory.mktemp("ca") / "it's $HOME"
    folder.mkdir()
    return ca.prepare(folder)


def told(pem: Path, client: str) -> str:
    """What is under the client's name."""
    first, *rest = trusting.lines(pem, [client]).removesuffix(f"\n\n{trusting.REPLACES}\n").splitlines()
    assert first.split()[0] == client
    assert all(line.startswith("  ") for line in rest)
    return "\n".join(line[2:] for line in rest)


@pytest.mark.parametrize("client", [name for name in trusting.CLIENTS if name != "aiohttp"])
def test_each_client_is_told_of_the_file_as_a_shell_takes_it(pem: Path, client: str) -> None:
    words = shlex.split(told(pem, client))
    assert str(pem) in {*words, *(word.partition("=")[2] for word in words)}


def test_a_program_is_told_as_python_takes_it(pem: Path) -> None:
    tree = ast.parse(told(pem, "aiohttp"))
    assert str(pem) in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def test_a_shell_that_runs_the_line_trusts_the_authority(pem: Path) -> None:
    line = trusting.lines(pem, ["urllib"]).splitlines()[1]
    count = "import ssl; print([c['subject'] for c in ssl.create_default_context().get_ca_certs()])"
    script = f"{line}; exec {shlex.quote(sys.executable)} -c {shlex.quote(count)}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SSL_CERT")}
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env=environ).stdout
    trusted = ssl.create_default_context(cafile=pem).get_ca_certs()[0]["subject"]
    assert str(trusted) in seen


def test_a_client_that_is_none(pem: Path) -> None:
    with pytest.raises(KeyError, match="lynx"):
        trusting.lines(pem, ["lynx"])
