"""The command line: one group, one module for each verb under commands/."""

import errno
import os
import sys
from typing import Any

import click

from facegate.errors import FacegateError, InvalidJob
from facegate.examples import epilog

# verb -> module under facegate.commands; a module is imported when its verb is used, so that --help is quick
VERBS = (
    "demo",
    "init",
    "serve",
    "reload",
    "check",
    "scan",
    "job",
    "accumulation",
    "quarantine",
    "sample",
    "vault",
    "state",
    "subject",
    "ledger",
    "report",
    "user",
    "ca",
    "model",
    "completion",
)


class _Verbs(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module = __import__(f"facegate.commands.{name}", fromlist=[name])
        command: click.Command = getattr(module, name)
        command.epilog = epilog(name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidJob as error:
            for problem in error.problems:
                click.echo(f"facegate: {error.where}: {problem}", err=True)
            ctx.exit(2)
        except FacegateError as error:
            click.echo(f"facegate: {error}", err=True)
            ctx.exit(2)
        except BrokenPipeError:
            raise  # click's: whoever read the output has seen enough
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EIO):
                raise
            click.echo(f"facegate: the output cannot be written ({error.strerror})", err=True)
            os._exit(2)  # not an exit like others: the interpreter would try to write the rest once more


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="facegate", prog_name="facegate")
def main() -> None:
    """A compliance gateway for web crawlers: images that bear human faces are withheld.

    `facegate demo` shows what it does, `facegate init` writes the first files, and `facegate serve` prints what to do
    next.
    """


if __name__ == "__main__":
    sys.exit(main(prog_name="facegate"))
