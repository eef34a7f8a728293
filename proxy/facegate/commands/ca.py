"""`facegate ca`: the certificate that crawlers have to trust."""

from pathlib import Path

import click

from facegate import ca as authority
from facegate import trusting
from facegate.commands.options import given, home_options
from facegate.errors import HomeError
from facegate.state.home import Home


@click.group()
def ca() -> None:
    """The gateway's certificate authority."""


@ca.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to stdout.")
@click.option(
    "--for",
    "clients",
    type=click.Choice([*trusting.CLIENTS, "all"]),
    multiple=True,
    help="Print how this client is told to trust it, in place of the certificate; may be given more than once.",
)
@home_options
def export(output: Path | None, clients: tuple[str, ...], config: Path | None, home: Path | None) -> None:
    """Print the CA certificate in PEM form (never its key), making the CA if there is none yet.

    With -o it is written to a file, and what each client has to be told of it is printed: on stderr, or of the clients
    that --for names alone, on stdout.
    """
    public = authority.prepare(Home.prepare(given(config, home)).ca)
    certificate = public.read_text()
    if output is not None:
        try:
            output.write_text(certificate)
        except OSError as error:
            raise HomeError(f"{output} cannot be written ({error.strerror})") from None
    if clients:
        named = trusting.CLIENTS if "all" in clients else dict.fromkeys(clients)
        click.echo(trusting.lines(output or public, named), nl=False)
    elif output is not None:
        click.echo(f"{output}: give it to crawlers. What each client has to be told:\n", err=True)
        click.echo(trusting.lines(output), err=True, nl=False)
    else:
        click.echo(certificate, nl=False)


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
