from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import ConfigError, HomeError
from facegate.quarantine.blobs import FileBlobs
from facegate.quarantine.either import Either
from facegate.quarantine.s3 import S3Blobs
from facegate.quarantine.storage import blobs_of
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home


def test_what_the_configuration_names(config: Config, home: Home, database: Database) -> None:
    assert isinstance(blobs_of(config.vault, home, database), FileBlobs)
    s3 = Vault("s3://bucket/prefix")
    first, second = (blobs_of(s3, home, database) for _ in range(2))
    assert isinstance(first, S3Blobs)
    assert isinstance(second, S3Blobs)
    assert first._store.prefix == second._store.prefix  # a restart finds what was kept before
    (owner,) = database.read("SELECT value FROM settings WHERE name = 'vault-owner'")
    assert first._store.prefix == f"prefix/{owner['value']}"


def test_the_storage_before_is_read_too(config: Config, home: Home, database: Database) -> None:
    moving = blobs_of(Vault("s3://bucket/now", previous={"url": "file:"}), home, database)
    assert isinstance(moving, Either)
    assert isinstance(moving.new, S3Blobs)
    assert isinstance(moving.old, FileBlobs)


def test_other_credentials_of_the_storage_before(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLD_AWS_ACCESS_KEY_ID", "an-old-key")
    settings = Vault(previous={"url": "s3://bucket", "env": "OLD_"})
    with pytest.raises(ConfigError, match="OLD_AWS_SECRET_ACCESS_KEY is not set"):
        blobs_of(settings, home, database)
    monkeypatch.setenv("OLD_AWS_SECRET_ACCESS_KEY", "S3CRET")
    moving = blobs_of(settings, home, database)
    assert isinstance(moving, Either)
    assert isinstance(moving.old, S3Blobs)
    assert moving.old._store.config["access_key_id"] == "an-old-key"


def test_credentials_are_taken_from_where_the_configuration_says(
    home: Home, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the environment's")
    file = tmp_path / "storage"
    file.touch(mode=0o600)
    monkeypatch.setenv("STORAGE", "an-id:a-secret")
    file.write_text("an-id:a-secret\n")
    for place in ({"file": str(file)}, {"env": "STORAGE"}):
        blobs = blobs_of(Vault("s3://bucket", credentials=place), home, database)
        assert isinstance(blobs, S3Blobs)
        assert blobs._store.config["access_key_id"] == "an-id"
        assert blobs._store.config["secret_access_key"] == "a-secret"


@pytest.mark.parametrize("text", ["", "only-an-id", ":S3CRET", "an-id:S3CRET\nmore", "an id:S3CRET"])
def test_what_are_no_credentials_is_told_without_them(
    home: Home, database: Database, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "storage"
    file.touch(mode=0o600)
    file.write_text(text)
    with pytest.raises(HomeError, match=r"holds? ACCESS_KEY_ID:SECRET_ACCESS_KEY") as caught:
        blobs_of(Vault("s3://bucket", credentials={"file": str(file)}), home, database)
    assert "S3CRET" not in str(caught.value)
    file.chmod(0o640)
    with pytest.raises(HomeError, match="others can read"):
        blobs_of(Vault("s3://bucket", credentials={"file": str(file)}), home, database)
    file.unlink()
    with pytest.raises(HomeError, match="cannot be read"):
        blobs_of(Vault("s3://bucket", credentials={"file": str(file)}), home, database)
