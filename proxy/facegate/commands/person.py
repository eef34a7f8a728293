"""Who does this, and why: as told, as asked on a terminal, or the operating system's word for it."""

import os
import pwd
import sys

import click

from facegate.errors import ConfigError
from facegate.jobs.lifecycle import Actor
from facegate.state import users
from facegate.state.database import Database
from facegate.state.users import SystemUser

NOT_STATED = "not stated"  # the reason of a script that gives none


def system_user() -> SystemUser:
    """By the user id of this process: environment variables name whomever they like."""
    try:
        return SystemUser(pwd.getpwuid(os.getuid()).pw_name)
    except KeyError:
        return SystemUser(str(os.getuid()))


def system_actor() -> Actor:
    """Whoever runs this: they may write the home, and with it everything."""
    return Actor(str(system_user()))


def stated(told: str | None) -> str:
    """The reason, which this verb cannot do without."""
    given = reason(told).strip()
    if len(given) < 3 or given == NOT_STATED:
        raise ConfigError("--reason has to say why: it stands in the ledger")
    return given


def deciding(database: Database, told: str | None) -> Actor:
    """Whom `person` found, as who decides."""
    who = person(told)
    if isinstance(who, SystemUser):
        return Actor(str(who))
    return users.actor(database, who, f"cli, {system_user()}")


def person(told: str | None) -> str | SystemUser:
    """The added user who was named, or whoever runs this."""
    runs_this = system_user()
    if told is None and _at_terminal():
        told = click.prompt(
            f"Who decides (an added user; Enter for {runs_this})", default="", show_default=False, err=True
        )
    return told or runs_this


def reason(told: str | None) -> str:
    if told is None and _at_terminal():
        answer: str = click.prompt("Why (it stands in the ledger)", err=True)
        return answer
    return NOT_STATED if told is None else told


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()  # None: a script closed it
