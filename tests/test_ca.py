import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from facegate.ca import CA_NAME, adopt, certificate_path, prepare
from facegate.errors import HomeError
from mitmproxy.certs import CertStore

PEM = serialization.Encoding.PEM


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ca")
    prepare(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of a good authority."""
    copy = tmp_path / "ca"
    copy.mkdir()
    for file in made.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
        (copy / file.name).chmod(file.stat().st_mode)
    return copy


def test_it_is_made_once_for_its_owner_alone(folder: Path, made: Path) -> None:
    whole = folder / f"{CA_NAME}-ca.pem"
    assert prepare(folder) == certificate_path(folder)
    assert whole.read_bytes() == (made / whole.name).read_bytes()
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    public = certificate_path(folder).read_bytes()
    assert b"PRIVATE KEY" not in public
    assert "CN=facegate" in x509.load_pem_x509_certificate(public).subject.rfc4514_string()


def authority(days: int) -> bytes:
    """Another authority, whose certificate ends in `days`: key and certificate in one PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "other")])
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(days=9), now + timedelta(days=days)
    ).sign(key, hashes.SHA256())
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(PEM)


def halves(pem: bytes) -> tuple[bytes, bytes]:
    at = pem.index(b"-----BEGIN CERTIFICATE")
    return pem[:at], pem[at:]


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _good: b"", "is damaged"),
    "no PEM": (lambda _good: b"\xff\x00", "is damaged"),
    "cut": (lambda good: good[: len(good) // 3], "is damaged"),
    "no key": (lambda good: halves(good)[1], "is damaged"),
    "no certificate": (lambda good: halves(good)[0], "is damaged"),
    "mixed": (lambda good: halves(authority(1))[0] + halves(good)[1], "do not belong together"),
    "expired": (lambda _good: authority(-1), "has expired"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_one_is_reported_and_never_replaced(folder: Path, what: str) -> None:
    breaks, says = BROKEN[what]
    whole = folder / f"{CA_NAME}-ca.pem"
    broken = breaks(whole.read_bytes())
    whole.write_bytes(broken)
    with pytest.raises(HomeError, match=says) as caught:
        prepare(folder)
    assert str(whole) in str(caught.value)
    assert f"move {folder} away" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert whole.read_bytes() == broken


def test_a_key_that_others_can_read(folder: Path) -> None:
    (folder / f"{CA_NAME}-ca.pem").chmod(0o640)
    with pytest.raises(HomeError, match="chmod 600"):
        prepare(folder)


@pytest.mark.parametrize("name", [f"{CA_NAME}-ca.pem", f"{CA_NAME}-ca-cert.pem"])
def test_a_part_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(HomeError, match=rf"{name} is missing.*restore it"):
        prepare(folder)
    assert not (folder / name).exists()


def test_starts_at_once_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, real = [], CertStore.create_store

    def counted(folder: Path, *rest: Any, **named: Any) -> None:
        made.append(folder)
        real(folder, *rest, **named)

    monkeypatch.setattr(CertStore, "create_store", counted)
    together = threading.Barrier(4)

    def start(_nth: int) -> Path:
        together.wait()
        return prepare(tmp_path)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(start, range(4))) == {certificate_path(tmp_path)}
    assert made == [tmp_path]


def test_another_homes_authority_becomes_this_ones(made: Path, tmp_path: Path) -> None:
    pem = (made / f"{CA_NAME}-ca.pem").read_bytes()
    for _ in range(2):
        assert adopt(tmp_path / "ca", pem).read_bytes() == certificate_path(made).read_bytes()
    whole = tmp_path / "ca" / f"{CA_NAME}-ca.pem"
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    whole.unlink()  # as a crash leaves it
    adopt(tmp_path / "ca", pem)
    assert whole.read_bytes() == pem


def test_it_takes_the_place_of_none(folder: Path, tmp_path: Path) -> None:
    whole = folder / f"{CA_NAME}-ca.pem"
    before = whole.read_bytes()
    with pytest.raises(HomeError, match="is another CA"):
        adopt(folder, authority(days=9))
    assert whole.read_bytes() == before
    whole.unlink()
    with pytest.raises(HomeError, match="parts of another CA"):
        adopt(folder, authority(days=9))
    for wrong, said in ((b"nothing", "damaged"), (authority(days=-1), "expired")):
        with pytest.raises(HomeError, match=said):
            adopt(tmp_path / "new", wrong)
    assert not (tmp_path / "new").exists()
