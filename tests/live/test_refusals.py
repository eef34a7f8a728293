"""A start, or a command, that cannot be: one line on stderr that says what to do, exit 2, no traceback."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from facegate import ca
from live.gateways import Gateway, facegate

SERVE = ("serve", "--listen", "127.0.0.1:0", "--console", "127.0.0.1:0")
NOBODY = 65534


def line(*arguments: str, argv: list[str] | None = None) -> str:
    """The one line that the command ends with."""
    done = subprocess.run(argv or facegate(*arguments), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("facegate: ")
    return done.stderr.removeprefix("facegate: ").rstrip("\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_second_serve_on_one_home(gateway: Gateway) -> None:
    said = line(*SERVE, "--home", str(gateway.home))
    assert "another facegate serves from" in said
    assert f"process {gateway.pid}" in said
    assert "--home" in said


def test_a_port_that_another_gateway_uses(gateway: Gateway, home: Path) -> None:
    address = urlsplit(gateway.proxy).netloc
    said = line(*SERVE, "--listen", address, "--home", str(home))
    assert f"{address} is in use; stop the other program or choose another port" in said


@contextlib.contextmanager
def sharing() -> Iterator[str]:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield f"127.0.0.1:{other.getsockname()[1]}"


@pytest.mark.parametrize("option", ["--listen", "--console"])
def test_a_port_that_another_program_would_share(home: Path, option: str) -> None:
    with sharing() as address:
        assert f"{address} is in use" in line(*SERVE, option, address, "--home", str(home))


def test_an_address_that_is_not_ours(home: Path) -> None:
    said = line(*SERVE, "--listen", "192.0.2.1:8080", "--home", str(home))
    assert said == "listen: 192.0.2.1:8080 is not an address of this machine"


def test_a_home_that_is_closed_to_us(tmp_path: Path) -> None:
    """As root, who may read everything, the command runs as nobody; its modules are loaded before."""
    tmp_path.chmod(0o500)
    code = (
        "import importlib.metadata, os, sys, facegate.commands.serve, facegate.cli\n"
        "importlib.metadata.version('facegate')\n"
        f"if os.geteuid() == 0: os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "sys.exit(facegate.cli.main(sys.argv[1:], prog_name='facegate'))"
    )
    said = line(argv=[sys.executable, "-c", code, *SERVE, "--home", str(tmp_path / "home")])
    assert "cannot be created (Permission denied)" in said
    assert "choose another with --home DIR" in said


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not a directory" in line(*SERVE, "--home", str(tmp_path / "file"))


def expired() -> bytes:
    """Key and certificate of an authority that ended yesterday, as one PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "facegate")])
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(days=9), now - timedelta(days=1)
    ).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem + certificate.public_bytes(serialization.Encoding.PEM)


def test_a_ca_that_cannot_be_used(home: Path) -> None:
    """Each way it can be broken is in test_ca; here one for each verb that needs it."""
    folder = home / "ca"
    home.mkdir(mode=0o700)
    folder.mkdir()
    ca.prepare(folder)
    whole = folder / f"{ca.CA_NAME}-ca.pem"
    for command, content, says in ((SERVE, expired(), "has expired"), (("ca", "export"), b"no PEM", "is damaged")):
        whole.write_bytes(content)
        said = line(*command, "--home", str(home))
        assert str(whole) in said
        assert says in said
        assert whole.read_bytes() == content  # never replaced


def test_a_damaged_database_is_left_as_it_is(home: Path) -> None:
    subprocess.run(
        facegate("user", "add", "eve", "--role", "admin", "--home", str(home)),
        check=True,
        capture_output=True,
        timeout=60,
    )
    path = home / "facegate.db"
    whole = path.read_bytes()
    damaged = whole[:4096] + b"\xff" * (len(whole) - 4096)
    for command, broken in ((SERVE, damaged), (("job", "list"), b"no database")):
        for beside in home.glob("facegate.db-*"):
            beside.unlink()
        path.write_bytes(broken)
        said = line(*command, "--home", str(home))
        assert str(path) in said
        assert "restore it from a backup" in said
        assert path.read_bytes() == broken


def test_a_lost_database_is_not_made_anew(home: Path) -> None:
    kept = home / "vault" / "ab" / "something"
    home.mkdir(mode=0o700)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"somebody's picture, encrypted")
    said = line(*SERVE, "--home", str(home))
    assert "is missing although" in said
    assert "restore it from a backup" in said
    assert not (home / "facegate.db").exists()


def test_a_configuration_with_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    for text, says in (
        ("[policy]\nface = 'drop'\n", "unknown key policy.face; did you mean policy.faces?"),
        ("[listen]\nport = '80'\n", "listen.port has to be a whole number, not text"),
    ):
        file.write_text(text)
        assert line("serve", "--config", str(file), "--home", str(tmp_path / "home")) == f"{file}: {says}"
    assert not (tmp_path / "home").exists()


def test_a_job_file_with_a_missing_field(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "job.toml"
    file.write_text('id = "x"\noperator = "acme"\n[scope]\nkind = "untargeted"\n')
    assert (
        line("job", "register", str(file), "--home", str(home))
        == f"{file}: purpose is missing; write what the crawl is for"
    )
