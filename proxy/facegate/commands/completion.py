"""`facegate completion`: what a shell needs to complete verbs and options."""

import click
from click.shell_completion import get_completion_class

from facegate.errors import ConfigError

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete verbs, options and their values with Tab.

    bash: into ~/.local/share/bash-completion/completions/facegate. zsh: into a file _facegate in a folder of $fpath.
    fish: into ~/.config/fish/completions/facegate.fish. Each shell begins with it when it is started again.
    """
    found = get_completion_class(shell)
    if found is None:
        raise ConfigError(f"{shell} is not known; there are {', '.join(SHELLS)}")
    root = ctx.find_root()
    # not `source()`, which asks bash for its version: the shell that completes may be on another machine
    it = found(root.command, {}, "facegate", "_FACEGATE_COMPLETE")
    click.echo(it.source_template % it.source_vars())
