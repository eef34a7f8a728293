"""The gateway's own certificate authority: made once under home, checked at every start, never silently replaced."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from facegate_addons.domain.authority import CA_NAME

from facegate.errors import HomeError

KEY_BITS = 2048
NAME = "facegate"


def certificate_path(folder: Path) -> Path:
    """The public half, for clients to trust."""
    return folder / f"{CA_NAME}-ca-cert.pem"


def prepare(folder: Path) -> Path:
    """Make the authority if there is none; check the one that is there. Returns the certificate's path.

    Raises HomeError for files that are damaged, do not belong together, have expired or can be read by others.
    """
    whole = folder / f"{CA_NAME}-ca.pem"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        _make(whole)
    os.chmod(folder, 0o700)  # noqa: PTH101
    _check(whole)
    public = certificate_path(folder)
    if not public.exists():
        raise HomeError(f"{public} is missing; restore it, or move {folder} away for a new CA")
    return public


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two starts at once would each write half of an authority. The lock is on the folder itself."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise HomeError(f"{folder}: the CA cannot be read ({error.strerror}); correct its owner and mode") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make(whole: Path) -> None:
    folder = whole.parent
    if not whole.exists():
        if any(folder.glob("*.pem")):
            raise HomeError(f"{whole} is missing while others of the CA are there; restore it, or move {folder} away")
        from mitmproxy.certs import CertStore  # once in the life of a home

        CertStore.create_store(folder, CA_NAME, KEY_BITS, organization=NAME, cn=NAME)


def _check(whole: Path) -> None:
    advice = f"restore it from a backup, or move {whole.parent} away for a new CA (crawlers then have to trust that)"
    try:
        raw = whole.read_bytes()
        mode = stat.S_IMODE(whole.stat().st_mode)
    except OSError as error:
        raise HomeError(f"{whole}: the CA cannot be read ({error.strerror}); {advice}") from None
    if mode & 0o077:
        raise HomeError(f"{whole}: the CA's key can be read by others; chmod 600 it, or better make a new CA")
    try:
        key = load_pem_private_key(raw, None)
        certificate = x509.load_pem_x509_certificate(raw)
    except (ValueError, TypeError):
        raise HomeError(f"{whole}: the CA file is damaged; {advice}") from None
    if key.public_key() != certificate.public_key():
        raise HomeError(f"{whole}: the CA's key and certificate do not belong together; {advice}")
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise HomeError(f"{whole}: the CA has expired; move {whole.parent} away for a new one")
