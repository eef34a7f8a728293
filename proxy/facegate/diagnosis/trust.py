"""The certificate authority, and whether programs on this machine trust it."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from facegate import ca
from facegate.diagnosis.finding import Finding, note, ok, problem, warning
from facegate.errors import HomeError
from facegate.state.home import Home

SUBJECT = "CA"
SOON = timedelta(days=30)


def look(home: Home) -> Iterator[Finding]:
    """What the system's store has counts; a program may have another (`facegate ca export` says how each is told)."""
    public = ca.certificate_path(home.ca)
    if not public.exists():
        yield note(SUBJECT, "there is none yet", "facegate serve makes it, and so does facegate ca export")
        return
    try:
        ca.prepare(home.ca)
        certificate = x509.load_pem_x509_certificate(public.read_bytes())
    except HomeError as error:
        yield problem(SUBJECT, str(error), "see docs/deploy.md")
        return
    except (OSError, ValueError) as error:
        yield problem(SUBJECT, f"{public} cannot be read ({type(error).__name__})", "restore it from a backup")
        return
    until = certificate.not_valid_after_utc
    if until < datetime.now(UTC) + SOON:
        yield warning(SUBJECT, f"it expires on {until:%Y-%m-%d}", "make a new one, and give it to the crawlers")
    else:
        yield ok(SUBJECT, f"it is valid until {until:%Y-%m-%d}")
    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)
    if certificate.public_bytes(Encoding.DER) in trusted:
        yield ok(SUBJECT, "this machine's store of authorities has it")
    else:
        yield note(
            SUBJECT,
            "this machine's store of authorities has it not, so each crawler here has to be told of it",
            "facegate ca export prints how",
        )
