import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.errors import ConfigError, HomeError
from facegate.ledger.signing import fingerprint, is_signed, public_pem, read_public, signing_key
from facegate.state.home import Home


def test_it_is_made_once_for_its_owner_alone(home: Home) -> None:
    key = signing_key(home, {})
    assert home.ledger_key.stat().st_mode & 0o777 == 0o600
    assert fingerprint(signing_key(home, {}).public_key()) == fingerprint(key.public_key())
    assert [path.name for path in home.path.glob("ledger.key*")] == ["ledger.key"]


def test_what_it_signs_is_checked_by_the_public_key_alone(home: Home, tmp_path: Path) -> None:
    key = signing_key(home, {})
    path = tmp_path / "key.pem"
    path.write_bytes(public_pem(key.public_key()))
    public = read_public(path)
    assert fingerprint(public) == fingerprint(key.public_key())
    assert is_signed(b"x", key.sign(b"x"), public)
    assert not is_signed(b"y", key.sign(b"x"), public)
    assert not is_signed(b"x", b"", public)
    assert not is_signed(b"x", key.sign(b"x"), Ed25519PrivateKey.generate().public_key())


def test_openssl_says_the_same_fingerprint(home: Home, tmp_path: Path) -> None:
    key = signing_key(home, {})
    (tmp_path / "key.pem").write_bytes(public_pem(key.public_key()))
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", tmp_path / "key.pem", "-outform", "DER"], capture_output=True, check=True
    ).stdout
    hashed = subprocess.run(["sha256sum"], input=der, capture_output=True, check=True).stdout
    assert hashed.decode().split()[0] == fingerprint(key.public_key())


def test_another_place(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = signing_key(home, {})
    elsewhere = tmp_path / "elsewhere.pem"
    home.ledger_key.rename(elsewhere)
    assert fingerprint(signing_key(home, {"file": str(elsewhere)}).public_key()) == fingerprint(made.public_key())
    monkeypatch.setenv("LEDGER_KEY", elsewhere.read_text())
    assert fingerprint(signing_key(home, {"env": "LEDGER_KEY"}).public_key()) == fingerprint(made.public_key())
    assert not home.ledger_key.exists()


def test_what_is_no_key_is_one_line(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(HomeError, match="cannot be read"):
        signing_key(home, {"file": str(path)})
    path.write_text("secret")
    path.chmod(0o600)
    with pytest.raises(HomeError, match="no Ed25519 key") as refused:
        signing_key(home, {"file": str(path)})
    assert "secret" not in str(refused.value)
    path.chmod(0o640)
    with pytest.raises(HomeError, match="chmod 600"):
        signing_key(home, {"file": str(path)})
    monkeypatch.delenv("NO_KEY", raising=False)
    with pytest.raises(HomeError, match="NO_KEY is not set"):
        signing_key(home, {"env": "NO_KEY"})
    with pytest.raises(ConfigError, match="no Ed25519 public key"):
        read_public(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_public(tmp_path / "missing")


def test_a_lost_key_is_not_replaced_silently(home: Home) -> None:
    home.checkpoints.mkdir()
    (home.checkpoints / "checkpoint-00000001.json").touch()
    with pytest.raises(HomeError, match="restore it"):
        signing_key(home, {})
