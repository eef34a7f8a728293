"""The options by which the verbs of `facegate quarantine` find records."""

from collections.abc import Callable, Mapping
from typing import Any

import click
from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError
from facegate.moments import parse_moment
from facegate.quarantine.filters import Filter
from facegate.quarantine.lifecycle import STATES

_OPTIONS = (
    click.option("--job", help="Only of this job."),
    click.option("--host", help="Only of this host, or of all below a name: '*.news.example'."),
    click.option("--withheld-for", metavar="REASON", help="Only withheld for this reason, like faces."),
    click.option("--state", type=click.Choice(STATES), help="Only in this state."),
    click.option("--digest", help="Only with this sha256, or with one that begins so."),
    click.option("--since", help="First seen then or later: 7d for days ago, or a date or time."),
    click.option("--until", help="First seen before."),
    click.option("--min-faces", type=click.IntRange(0), help="With as many faces at least."),
    click.option("--held/--not-held", default=None, help="Under a legal hold, or not."),
    click.option("--url", help="Only with a URL that begins so."),
    click.option("--request", help="Only what came by the request of this id, as the log or an answer has it."),
)


def filter_options[F: Callable[..., Any]](function: F) -> F:
    """Adds them; `asked` reads them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def asked(told: Mapping[str, Any]) -> Filter:
    """Raises ConfigError."""
    now, facts = utc_now(), dict(told)
    facts["reason"] = facts.pop("withheld_for")
    for name in ("since", "until"):
        if facts[name] is not None:
            try:
                facts[name] = parse_moment(facts[name], now)
            except ValueError as error:
                raise ConfigError(f"--{name}: {error}") from None
    return Filter(**facts)
