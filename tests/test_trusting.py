import ast
import os
import shlex
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from facegate import ca, trusting

# Let's Encrypt's, and the pin of it that is written in many a place
ISRG_ROOT_X2 = b"""\
-----BEGIN CERTIFICATE-----
MIICGzCCAaGgAwIBAgIQQdKd0XLq7qeAwSxs6S+HUjAKBggqhkjOPQQDAzBPMQsw
CQYDVQQGEwJVUzEpMCcGA1UEChMgSW50ZXJuZXQgU2VjdXJpdHkgUmVzZWFyY2gg
R3JvdXAxFTATBgNVBAMTDElTUkcgUm9vdCBYMjAeFw0yMDA5MDQwMDAwMDBaFw00
MDA5MTcxNjAwMDBaME8xCzAJBgNVBAYTAlVTMSkwJwYDVQQKEyBJbnRlcm5ldCBT
ZWN1cml0eSBSZXNlYXJjaCBHcm91cDEVMBMGA1UEAxMMSVNSRyBSb290IFgyMHYw
EAYHKoZIzj0CAQYFK4EEACIDYgAEzZvVn4CDCuwJSvMWSj5cz3es3mcFDR0HttwW
+1qLFNvicWDEukWVEYmO6gbf9yoWHKS5xcUy4APgHoIYOIvXRdgKam7mAHf7AlF9
ItgKbppbd9/w+kHsOdx1ymgHDB/qo0IwQDAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0T
AQH/BAUwAwEB/zAdBgNVHQ4EFgQUfEKWrt5LSDv6kviejM9ti6lyN5UwCgYIKoZI
zj0EAwMDaAAwZQIwe3lORlCEwkSHRhtFcP9Ymd70/aTSVaYgLXTWNLxBo1BfASdW
tL4ndQavEi51mI38AjEAi/V3bNTIZargCyzuFJ0nN6T5U6VR5CmD1/iQMVtCnwr1
/q4AaOeMSQ+2b1tbFfLn
-----END CERTIFICATE-----
"""
PIN = "diGVwiVYbubAI3RW4hB9xU8e/CH2GnkuvVFZE8zmgzI="


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


@pytest.mark.parametrize("client", [name for name in trusting.CLIENTS if name not in ("aiohttp", "playwright")])
def test_each_client_is_told_of_the_file_as_a_shell_takes_it(pem: Path, client: str) -> None:
    words = shlex.split(told(pem, client))
    assert str(pem) in {*words, *(word.partition("=")[2] for word in words)}


def test_programs_are_told_as_python_takes_it(pem: Path) -> None:
    tree = ast.parse(told(pem, "aiohttp"))
    assert str(pem) in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    (args,) = [node for node in ast.walk(ast.parse(told(pem, "playwright"))) if isinstance(node, ast.List)]
    assert ast.literal_eval(args) == [f"--ignore-certificate-errors-spki-list={trusting.pin(pem.read_bytes())}"]


def test_a_shell_that_runs_the_line_trusts_the_authority(pem: Path) -> None:
    line = trusting.lines(pem, ["urllib"]).splitlines()[1]
    count = "import ssl; print([c['subject'] for c in ssl.create_default_context().get_ca_certs()])"
    script = f"{line}; exec {shlex.quote(sys.executable)} -c {shlex.quote(count)}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SSL_CERT")}
    seen = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env=environ).stdout
    trusted = ssl.create_default_context(cafile=pem).get_ca_certs()[0]["subject"]
    assert str(trusted) in seen


def test_the_pin_is_the_one_that_others_make() -> None:
    assert trusting.pin(ISRG_ROOT_X2) == PIN


def test_a_client_that_is_none(pem: Path) -> None:
    with pytest.raises(KeyError, match="lynx"):
        trusting.lines(pem, ["lynx"])
