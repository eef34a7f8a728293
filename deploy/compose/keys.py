"""Makes, once, the keys and passwords of docker-compose.yml, each where only those who need it look.

    keys.py GATEWAY REDIS STORAGE

Three folders, which are volumes: what the gateways have in common, Redis' list of users (of the password a hash alone),
and the S3 storage with its own credentials. What is there is left as it is.
"""

import hashlib
import secrets
import sys
from pathlib import Path

from facegate.ca import prepare

BUCKET = "facegate"
# what facegate needs of Redis, and no more; docs/state.md has the same
ALLOWED = (
    "~{facegate}:* ~facegate:* resetchannels -@all +eval +info +ping +get +set +del +pttl +hget +hset +hmget +xadd "
    "+xrange +xread +xtrim +lpush +llen +blpop +pexpire"
)
PING = "user default on nopass resetkeys resetchannels -@all +ping"  # the health check


def main(gateway: Path, redis: Path, storage: Path) -> None:
    once(gateway / "state.key", secrets.token_hex(32))
    once(gateway / "vault.key", secrets.token_hex(32))
    password = once(gateway / "redis.password", secrets.token_hex(32))
    name, secret = once(gateway / "storage", f"{secrets.token_hex(10)}:{secrets.token_hex(20)}").split(":")
    prepare(gateway / "ca")
    digest = hashlib.sha256(password.encode()).hexdigest()
    once(redis / "users.acl", f"{PING}\nuser gate on #{digest} {ALLOWED}\n", mode=0o644)
    once(storage / "root.env", f"ROOT_ACCESS_KEY_ID={name}\nROOT_SECRET_ACCESS_KEY={secret}\n")
    (storage / "buckets" / BUCKET).mkdir(parents=True, exist_ok=True)


def once(path: Path, text: str, mode: int = 0o600) -> str:
    """What the file holds: `text`, where there was none."""
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(mode)
        fresh.rename(path)
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
