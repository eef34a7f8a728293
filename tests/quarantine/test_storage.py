from facegate.config import Config
from facegate.quarantine.blobs import FileBlobs
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
