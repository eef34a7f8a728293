"""The gateway's own certificate authority: made once under home, checked at every start, never silently replaced."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
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


def adopt(folder: Path, pem: bytes) -> Path:
    """Make `pem`, the key and certificate of another home's authority, this one's. Returns the certificate's path.

    The same once more changes nothing. Raises HomeError when it is none, or another authority is there already.
    """
    whole = folder / f"{CA_NAME}-ca.pem"
    public = _certificate(pem, "what was named", "name facegate-ca.pem of the other home").public_bytes(Encoding.PEM)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        if whole.exists():
            if whole.read_bytes().split() != pem.split():
                raise HomeError(f"{whole} is another CA, which crawlers may trust; move {folder} away first")
        elif any(path.read_bytes() != public for path in folder.glob("*.pem")):  # but for a half that we wrote
            raise HomeError(f"{folder} holds parts of another CA; move it away")
        else:
            _write(certificate_path(folder), public)
            _write(whole, pem)
    return prepare(folder)


def _write(path: Path, data: bytes) -> None:
    """Whole, or not at all."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.rename(path)


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
    _certificate(raw, str(whole), advice)


def _certificate(pem: bytes, where: str, advice: str) -> x509.Certificate:
    """Raises HomeError when `pem` is no authority's key and certificate, or one that has expired."""
    try:
        key = load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError):
        raise HomeError(f"{where}: the CA file is damaged; {advice}") from None
    if key.public_key() != certificate.public_key():
        raise HomeError(f"{where}: the CA's key and certificate do not belong together; {advice}")
    if certificate.not_valid_after_utc < datetime.now(UTC):
        raise HomeError(f"{where}: the CA has expired; {advice}")
    return certificate
