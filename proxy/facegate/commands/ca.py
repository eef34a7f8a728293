"""`facegate ca`: the certificate that crawlers have to trust."""

from pathlib import Path

import click

from facegate import ca as authority
from facegate.commands.options import given, home_options
from facegate.errors import HomeError
from facegate.state.home import Home


@click.group()
def ca() -> None:
    """The gateway's certificate authority."""


@ca.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to stdout.")
@home_options
def export(output: Path | None, config: Path | None, home: Path | None) -> None:
    """Print the CA certificate in PEM form (never its key), making the CA if there is none yet."""
    certificate = authority.prepare(Home.prepare(given(config, home)).ca).read_text()
    if output is None:
        click.echo(certificate, nl=False)
        return
    try:
        output.write_text(certificate)
    except OSError as error:
        raise HomeError(f"{output} cannot be written ({error.strerror})") from None
    click.echo(f"{output}: give it to crawlers, e.g. curl --cacert, SSL_CERT_FILE, REQUESTS_CA_BUNDLE", err=True)


@ca.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@home_options
def import_(file: Path, config: Path | None, home: Path | None) -> None:
    """Take the CA of another home, `ca/facegate-ca.pem` there, so that crawlers trust all gateways by one certificate.

    The same once more is no mistake; in place of another CA it is refused.
    """
    try:
        pem = file.read_bytes()
    except OSError as error:
        raise HomeError(f"{file} cannot be read ({error.strerror})") from None
    authority.adopt(Home.prepare(given(config, home)).ca, pem)
