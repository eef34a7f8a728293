"""facegate report: what ledger and state add up to, a page with a signed bundle beside it; and observe mode's sums."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from facegate_addons.domain.model import utc_now
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from facegate.commands import observed as of_observe_mode
from facegate.commands.opened import print_json, print_table, printable, reading
from facegate.commands.options import configured, given, home_options, json_option
from facegate.config import Config
from facegate.errors import ConfigError
from facegate.ledger.signing import read_public, signing_key
from facegate.moments import parse_moment
from facegate.reports import bundle
from facegate.reports.facts import Sources, report_facts
from facegate.reports.lines import Asked, size
from facegate.reports.observed import observed
from facegate.reports.page import render
from facegate.state.home import Home

PASSES = 2  # over the ledger: to add it up, and to verify it


@click.group(invoke_without_command=True)
@click.option("--job", metavar="ID", help="On this job only.")
@click.option("--all", "of_all", is_flag=True, help="On all jobs.")
@click.option("--observed", "of_observe", is_flag=True, help="What would have been withheld, while nothing was.")
@click.option("--since", metavar="WHEN", help="From then on: 7d (ago), 2026-03-01 or 2026-03-01T06:00Z.")
@click.option("--until", metavar="WHEN", help="Before then; written likewise.")
@click.option("-o", "output", type=click.Path(path_type=Path), help="The page to write; .json and .json.sig beside it.")
@click.option("--force", is_flag=True, help="Overwrite the files.")
@click.option("--top", type=click.IntRange(1, 1000), default=20, show_default=True, help="With --observed: how many.")
@json_option
@home_options
@click.pass_context
def report(
    context: click.Context,
    job: str | None,
    of_all: bool,
    of_observe: bool,
    since: str | None,
    until: str | None,
    output: Path | None,
    force: bool,
    top: int,
    as_json: bool,
    config: Path | None,
    home: Path | None,
) -> None:
    """Report on a job, or on all: one self-contained page, and its facts as signed JSON beside it.

    Without -o only the summary is printed, or with --json the facts.
    """
    if context.invoked_subcommand is not None:
        return
    asked = _asked(job, since, until)
    if of_observe:
        if of_all or output is not None:
            raise ConfigError("--observed is printed, and is of all jobs or of --job; leave --all and -o away")
        folder = Home.existing(given(config, home)).ledger
        with _progress(size(folder)) as read:
            found = observed(folder, asked, read)
        of_observe_mode.show(found, asked, top, as_json)
        return
    if of_all == (job is not None):
        raise ConfigError("say --job ID or --all, and -o FILE.html for the page; or --observed")
    if output is not None and output.suffix != ".html":
        raise ConfigError(f"{output}: the page's name has to end in .html; its facts go into .json beside it")
    _report(configured(config, home), asked, output, force, as_json)


@report.command()
@click.argument("facts", metavar="FILE.json", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path), help="The public key, as `facegate ledger key` prints."
)
@json_option
@home_options
def verify(facts: Path, key_file: Path | None, as_json: bool, config: Path | None, home: Path | None) -> None:
    """Is a report what was made and signed? Exits 1 when it is not. Without --key by the key of this home."""
    if key_file is not None:
        key = read_public(key_file)
    else:
        settings = configured(config, home)
        key = signing_key(Home.existing(settings), settings.ledger.key).public_key()
    found = bundle.check(facts, key)
    if as_json:
        print_json({"ok": not found.problems, "problems": found.problems, "key": found.key, "made": found.made})
    elif found.problems:
        for problem in found.problems:
            click.secho(printable(problem), fg="red")
    else:
        click.echo(f"{facts}: as it was made at {printable(found.made)[:19]} UTC and signed by key {found.key}")
    if found.problems:
        raise click.exceptions.Exit(1)


def _report(config: Config, asked: Asked, output: Path | None, force: bool, as_json: bool) -> None:
    if output is not None:
        bundle.refuse_taken(output, force)
    with reading(config) as (home, database), _progress(PASSES * size(home.ledger)) as read:
        facts = report_facts(Sources(config, home, database), asked, read=read)
        if output is not None:
            html = render(facts)
            made = bundle.make(html, facts, signing_key(home, config.ledger.key))
            bundle.write(output, made, force)
    if as_json:
        print_json(facts)
        return
    print_table(("what", "figure"), _summary(facts))
    for text in facts["unknown"]:
        click.echo(f"facegate: {printable(text)}", err=True)
    if output is not None:
        click.echo(
            f"Wrote {output}, and {', '.join(path.name for path in bundle.places(output)[1:])} beside it.", err=True
        )


def _summary(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    traffic, rate, ledger = facts["traffic"], facts["miss_rate"], facts["ledger"]
    yield "exchanges", f"{traffic['exchanges']:,}"
    for outcome, count in traffic["outcomes"].items():
        yield outcome, f"{count:,}"
    yield "open records now", f"{facts['records']['open_now']['records']:,}"
    for topic, told in facts["people"].items():
        yield topic, f"{told['count']:,}"
    estimate = rate["estimate"]
    if estimate is None:
        yield "miss rate", "not measured"
    elif estimate["miss_rate"] is None:
        high = estimate["share_interval"]["high"]
        yield "miss rate", f"undefined: none found, none missed ({estimate['reviewed']:,} reviewed)"
        yield "passed with a face", f"{estimate['share']:.3%} (at most {high:.3%})"
    else:
        low, high = (estimate["miss_rate_interval"][end] for end in ("low", "high"))
        yield "miss rate", f"{estimate['miss_rate']:.3%} ({low:.3%} to {high:.3%}, {estimate['reviewed']:,} reviewed)"
    yield "ledger", f"{ledger['lines']:,} lines, {'whole' if ledger['ok'] else 'NOT WHOLE'}"


def _asked(job: str | None, since: str | None, until: str | None) -> Asked:
    now = utc_now()

    def moment(option: str, text: str | None) -> Any:
        try:
            return None if text is None else parse_moment(text, now)
        except ValueError as error:
            raise ConfigError(f"{option}: {error}") from None

    begins, ends = moment("--since", since), moment("--until", until)
    if begins is not None and ends is not None and begins >= ends:
        raise ConfigError("--since has to be before --until")
    return Asked(job, begins, ends)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    with Progress(
        TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True),
        transient=True, disable=not sys.stderr.isatty(), redirect_stdout=False, redirect_stderr=False,
    ) as bar:  # fmt: skip
        task = bar.add_task("", total=total)
        yield lambda read: bar.advance(task, read)
