"""What clients are shown: true to the authority, one key for all, made once a name."""

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from facegate import ca
from facegate_addons.wire import leaves as module
from facegate_addons.wire.leaves import KEEP_SECONDS, Leaves
from mitmproxy.certs import CertStore


class Made:
    def __init__(self, folder: Path) -> None:
        ca.prepare(folder)
        self.now, self.minted = 0.0, 0
        store = CertStore.from_store(folder, ca.CA_NAME, 2048)
        self.leaves = Leaves(store, self._mint, lambda: self.now)

    def _mint(self) -> None:
        self.minted += 1

    def of(self, *names: str) -> module.Leaf:
        return self.leaves.get_cert(names[0], [x509.DNSName(name) for name in names])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ca") / "ca"


@pytest.fixture
def made(folder: Path) -> Made:
    return Made(folder)


def test_a_certificate_is_made_once_a_name_and_a_context_with_it(made: Made) -> None:
    one, again, other = made.of("a.example"), made.of("a.example"), made.of("a.example", "b.example")
    assert one is again
    assert one is not other
    assert made.minted == 2
    assert one.context(outer=False, asks=False) is again.context(outer=False, asks=False)
    assert (
        len({one.context(outer=outer, asks=asks) for outer, asks in ((False, False), (True, False), (True, True))}) == 3
    )


def test_all_have_one_key_which_is_not_the_authoritys(made: Made) -> None:
    keys = [made.of(name).cert.public_key() for name in ("a.example", "b.example")]
    assert keys[0] == keys[1] != made.leaves.default_ca.public_key()
    assert isinstance(keys[0], ec.EllipticCurvePublicKey)
    assert isinstance(keys[0].curve, ec.SECP256R1)
    assert made.of("a.example").privatekey.public_key() == keys[0]


@pytest.mark.parametrize("name", ["a.example", "x" * 60 + ".example"])
def test_a_certificate_says_what_it_is_for(made: Made, name: str) -> None:
    certificate = made.of(name).cert.to_cryptography()
    authority = made.leaves.default_ca.to_cryptography()
    certificate.verify_directly_issued_by(authority)
    extensions = certificate.extensions
    alternative = extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert alternative.value.get_values_for_type(x509.DNSName) == [name]
    assert alternative.critical is not bool(list(certificate.subject))  # RFC 5280, 4.2.1.6
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    issuer = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert issuer.key_identifier == authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    now = datetime.datetime.now(datetime.UTC)
    assert certificate.not_valid_before_utc < now - datetime.timedelta(days=1)
    assert now + datetime.timedelta(seconds=KEEP_SECONDS) < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= datetime.timedelta(days=200)


def test_an_authority_without_an_identifier_of_its_own(made: Made) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([]), datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().issuer_name(name).subject_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now)
    authority = builder.sign(key, hashes.SHA256())
    expected = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
    assert module._issuer_key(authority).key_identifier == expected


def test_names_beyond_the_most_go_the_one_asked_for_longest_ago_first(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    one = made.of("a.example")
    made.of("b.example")
    assert made.of("a.example") is one
    made.of("c.example")
    assert made.of("a.example") is one
    assert made.minted == 3
    made.of("b.example")
    assert made.minted == 4


def test_it_is_made_anew_long_before_it_expires(made: Made) -> None:
    one = made.of("a.example")
    made.now = KEEP_SECONDS - 1
    assert made.of("a.example") is one
    made.now = KEEP_SECONDS
    assert made.of("a.example") is not one
