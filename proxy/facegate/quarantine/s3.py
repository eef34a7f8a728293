"""Sealed bytes as objects of a bucket on S3 or what speaks like it.

An object's name is its record's id, so that a put which is tried again makes the same object. Errors name what is
wrong in our words alone: those of the client may hold addresses and headers.
"""

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import obstore
from obstore import exceptions
from obstore.store import S3Store

from facegate.errors import ConfigError
from facegate.quarantine.blobs import SUFFIX, Blob
from facegate.quarantine.places import place_of

if TYPE_CHECKING:
    from obstore.store import S3Config

CONNECT = timedelta(seconds=2)
WHOLE = timedelta(seconds=6)  # one request with its body
RETRIED = timedelta(seconds=5)  # no try begins later: with the last one it ends before the gate's own patience of 15 s
RETRIES = 3
PART = 8 * 1024 * 1024  # bytes; larger bodies go in parts of it
PROBE = "probe"
# Other machines that share the state put objects here, too. One is listed before its record is known here: by seconds,
# and by what two clocks differ.
SETTLED = timedelta(hours=1)


class Missing(FileNotFoundError):
    """Said by us, of an object; the client says the like of a bucket."""


class There(FileExistsError):
    """Another object of that name."""


def _credentials(env: str) -> "S3Config":
    try:
        found: S3Config = {
            "access_key_id": os.environ[f"{env}AWS_ACCESS_KEY_ID"],
            "secret_access_key": os.environ[f"{env}AWS_SECRET_ACCESS_KEY"],
        }
    except KeyError as missing:
        raise ConfigError(f"the environment variable {missing.args[0]} is not set") from None
    if token := os.environ.get(f"{env}AWS_SESSION_TOKEN"):
        found["session_token"] = token
    return found


class S3Blobs:
    """Objects PREFIX/`owner`/ID.sealed: each home has its own folder, and lists, and cleans, no other's.

    `credentials` (id and secret) go before those of the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and
    these before the machine's or container's. With `env` the names of the variables begin with it, and they have to be
    there: ConfigError."""

    def __init__(
        self,
        url: str,
        owner: str,
        *,
        endpoint: str = "",
        region: str = "",
        env: str = "",
        credentials: tuple[str, str] | None = None,
        retries: int = RETRIES,
    ) -> None:
        bucket, prefix = place_of(url)
        options: S3Config = {"checksum_algorithm": "SHA256"}  # the server compares it with what arrived
        if endpoint:
            options["endpoint"] = endpoint
        if region:
            options["region"] = region
        if env:
            options |= _credentials(env)
        if credentials:
            options["access_key_id"], options["secret_access_key"] = credentials
        self._store = S3Store(
            bucket,
            prefix="/".join(part for part in (prefix, owner) if part),
            config=options,
            client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": CONNECT, "timeout": WHOLE},
            retry_config={
                "max_retries": retries,
                "retry_timeout": RETRIED,
                "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1)},
            },
        )
        self._healthy = True

    @property
    def healthy(self) -> bool:
        return self._healthy

    def put(self, id_: str, pieces: Sequence[bytes]) -> None:
        body, name = b"".join(pieces), id_ + SUFFIX
        with self._told():
            try:
                if len(body) <= PART:
                    obstore.put(self._store, name, body, mode="create", use_multipart=False)
                elif self._size(name) is None:  # parts cannot be put on condition
                    obstore.put(self._store, name, body, use_multipart=True, chunk_size=PART)
                else:
                    self._same(name, body)
            except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
                self._same(name, body)  # it may be ours, whose answer was lost

    def get(self, id_: str) -> bytes:
        with self._told():
            try:
                return bytes(obstore.get(self._store, id_ + SUFFIX).bytes())
            except (FileNotFoundError, exceptions.NotFoundError):
                raise Missing(errno.ENOENT, "is not in the storage") from None

    def has(self, id_: str) -> bool:
        with self._told():
            return self._size(id_ + SUFFIX) is not None

    def remove(self, id_: str) -> None:
        with self._told():
            if self._size(id_ + SUFFIX) is None:  # S3 says nothing of what was not there
                raise Missing(errno.ENOENT, "is not in the storage")
            obstore.delete(self._store, id_ + SUFFIX)

    def withdraw(self, id_: str) -> None:
        self.remove(id_)

    def discard(self, name: str) -> None:
        with self._told():
            obstore.delete(self._store, name)

    def list(self) -> Iterator[Blob]:
        with self._told():
            for page in obstore.list(self._store):
                for it in page:
                    name = it["path"]
                    if name != PROBE:
                        settled = datetime.now(UTC) - it["last_modified"] > SETTLED
                        yield Blob(name, name.removesuffix(SUFFIX), it["size"], name.endswith(SUFFIX), settled)

    def probe(self) -> None:
        with self._told():
            obstore.put(self._store, PROBE, b"facegate\n", use_multipart=False)

    def _size(self, name: str) -> int | None:
        try:
            return obstore.head(self._store, name)["size"]
        except (FileNotFoundError, exceptions.NotFoundError):
            return None

    def _same(self, name: str, body: bytes) -> None:
        there = bytes(obstore.get(self._store, name).bytes())
        if hashlib.sha256(there).digest() != hashlib.sha256(body).digest():
            raise There(errno.EEXIST, "exists already")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors in the words of files, and whether the storage answers, remembered."""
        wrong = ""
        try:
            yield
        except (Missing, There):
            raise
        except (FileNotFoundError, exceptions.NotFoundError):
            wrong = "the storage has no such bucket"
        except (PermissionError, exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
            wrong = "the storage refuses these credentials"
        except (exceptions.BaseError, OSError, ValueError):
            wrong = "the storage cannot be reached, or failed"
        else:
            self._healthy = True
        if wrong:
            self._healthy = False
            raise OSError(errno.EIO, wrong) from None
