import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from facegate.config import Config
from facegate.errors import HomeError
from facegate.quarantine.keys import master_key
from facegate.quarantine.vault import SealedVault
from facegate.sections import Vault
from facegate.state.database import Database
from facegate.state.home import Home
from facegate_addons.domain.model import QuarantineRecord

KEY = bytes(range(32))


def test_it_is_made_once_for_the_owner_alone(home: Home, database: Database) -> None:
    key = master_key(home, Vault(), database)
    assert len(key) == 32
    assert home.master_key.stat().st_mode & 0o777 == 0o600
    assert master_key(home, Vault(), database) == key
    assert not list(home.path.glob("master.key.new*"))


@pytest.mark.parametrize("text", [base64.b64encode(KEY), KEY.hex().encode(), KEY, base64.b64encode(KEY) + b"\n"])
def test_a_file_may_hold_it_in_any_usual_form(home: Home, database: Database, tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(text)
    path.chmod(0o600)
    assert master_key(home, Vault(key={"file": str(path)}), database) == KEY


def test_the_environment_may_hold_it(home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(key={"env": "FACEGATE_TEST_KEY"})
    with pytest.raises(HomeError, match="is not set"):
        master_key(home, vault, database)
    monkeypatch.setenv("FACEGATE_TEST_KEY", base64.b64encode(KEY).decode())
    assert master_key(home, vault, database) == KEY
    assert not home.master_key.exists()


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [(b"short", 0o600, "32 bytes"), (b"", 0o600, "32 bytes"), (KEY, 0o644, "chmod 600")],
)
def test_what_is_wrong_with_a_file(
    home: Home, database: Database, tmp_path: Path, text: bytes, mode: int, message: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(text)
    path.chmod(mode)
    with pytest.raises(HomeError, match=message) as caught:
        master_key(home, Vault(key={"file": str(path)}), database)
    assert "\n" not in str(caught.value)


def test_a_configured_file_is_never_made(home: Home, database: Database, tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="cannot be read"):
        master_key(home, Vault(key={"file": str(tmp_path / "none")}), database)
    assert not (tmp_path / "none").exists()


async def test_with_records_a_lost_or_another_key_is_told_at_start(
    config: Config,
    home: Home,
    database: Database,
    vault: SealedVault,
    a_record: Callable[..., QuarantineRecord],
) -> None:
    await vault.keep(a_record(b"body"), b"body")
    good = home.master_key.read_bytes()
    home.master_key.unlink()
    with pytest.raises(HomeError, match="is missing, and the quarantine cannot be read"):
        master_key(home, config.vault, database)
    assert not home.master_key.exists()
    home.master_key.write_bytes(base64.b64encode(os.urandom(32)))
    home.master_key.chmod(0o600)
    with pytest.raises(HomeError, match="not the one the quarantine was encrypted with"):
        master_key(home, config.vault, database)
    home.master_key.write_bytes(good)
    assert len(master_key(home, config.vault, database)) == 32
