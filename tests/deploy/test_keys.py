"""deploy/compose/keys.py: made once, for its owner alone, and taken by those whom it is for."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from deploy.shipped import DEPLOY
from facegate.ca import certificate_path
from facegate.quarantine.wrapping import key_from_file

ALL = ("gateway", "redis", "storage")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ALL:
        (folder / name).mkdir()
    return folder


def make(folder: Path) -> dict[str, bytes]:
    subprocess.run([sys.executable, DEPLOY / "compose/keys.py", *(folder / name for name in ALL)], check=True)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_they_are_made_once(made: Path) -> None:
    assert make(made) == make(made)


def test_each_is_for_who_needs_it(made: Path) -> None:
    found = make(made)
    opened = {name for name in found if stat.S_IMODE((made / name).stat().st_mode) & 0o077}
    assert "redis/users.acl" in opened  # for Redis' own user, so it has no more than a hash
    assert not [
        name for name in opened if name.startswith(("gateway", "storage")) and not name.startswith("gateway/ca/")
    ]
    assert stat.S_IMODE((made / "gateway/ca").stat().st_mode) == 0o700
    password = found["gateway/redis.password"]
    assert len(password) == 64
    assert password not in found["redis/users.acl"]
    assert key_from_file(made / "gateway/vault.key") == bytes.fromhex(found["gateway/vault.key"].decode())
    assert certificate_path(made / "gateway/ca").exists()
    name, secret = found["gateway/storage"].split(b":")
    assert found["storage/root.env"].split() == [b"ROOT_ACCESS_KEY_ID=" + name, b"ROOT_SECRET_ACCESS_KEY=" + secret]
    assert (made / "storage/buckets/facegate").is_dir()


def test_redis_lets_the_gate_do_what_the_documentation_says(made: Path) -> None:
    page = (DEPLOY.parent / "docs/state.md").read_text(encoding="utf-8")
    documented = page[page.index("user gate on") :].split("```")[0].split()
    _, gate = make(made)["redis/users.acl"].decode().splitlines()
    assert [word for word in gate.split() if word[0] != "#"] == [word for word in documented if word[0] != ">"]
