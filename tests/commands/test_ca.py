from pathlib import Path

from click.testing import CliRunner
from cryptography import x509
from facegate.cli import main
from facegate.trusting import CLIENTS


def test_export_prints_the_certificate_and_never_the_key(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    printed = CliRunner().invoke(main, ["ca", "export", "--home", home])
    assert printed.exit_code == 0
    assert "PRIVATE" not in printed.stdout
    certificate = x509.load_pem_x509_certificate(printed.stdout.encode())
    out = tmp_path / "ca.pem"
    written = CliRunner().invoke(main, ["ca", "export", "--home", home, "-o", str(out)])
    assert written.stdout == ""
    assert f"curl --cacert {out} URL" in written.stderr
    assert "keytool -importcert" in written.stderr
    assert x509.load_pem_x509_certificate(out.read_bytes()) == certificate  # the same one: it is made once


def test_export_tells_the_lines_of_the_clients_that_are_named(tmp_path: Path) -> None:
    out = tmp_path / "ca.pem"
    argv = ["ca", "export", "--home", str(tmp_path / "home"), "--for", "wget", "--for", "pip", "--for", "wget"]
    for file, more in (tmp_path / "home" / "ca" / "facegate-ca-cert.pem", []), (out, ["-o", str(out)]):
        told = CliRunner().invoke(main, [*argv, *more])
        assert told.stdout.startswith(
            f"wget\n  wget --ca-certificate={file} URL\npip\n  pip config set global.cert {file}\n\n"
        )
        assert told.stderr == ""
    assert x509.load_pem_x509_certificate(out.read_bytes())
    everything = CliRunner().invoke(main, [*argv, "--for", "all"]).stdout
    assert [line.split()[0] for line in everything.splitlines() if line[:1] not in ("", " ")][:-2] == list(CLIENTS)
    assert CliRunner().invoke(main, [*argv, "--for", "lynx"]).exit_code == 2


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    out = tmp_path / "none" / "ca.pem"
    said = CliRunner().invoke(main, ["ca", "export", "--home", str(tmp_path / "home"), "-o", str(out)])
    assert (said.exit_code, said.stderr) == (2, f"facegate: {out} cannot be written (No such file or directory)\n")


def test_import_takes_the_ca_of_another_home(tmp_path: Path) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    run = CliRunner().invoke
    public = run(main, ["ca", "export", "--home", one]).stdout
    assert run(main, ["ca", "import", f"{one}/ca/facegate-ca.pem", "--home", other]).exit_code == 0
    assert run(main, ["ca", "export", "--home", other]).stdout == public
    said = run(main, ["ca", "import", str(tmp_path / "none"), "--home", other])
    assert (said.exit_code, said.stderr) == (
        2,
        f"facegate: {tmp_path}/none cannot be read (No such file or directory)\n",
    )
