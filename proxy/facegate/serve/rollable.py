"""What a reload cannot bring into force while others serve on: what all processes of a home have in common."""

from dataclasses import fields
from typing import Final

from facegate.config import Config
from facegate.modes import kind
from facegate.serve.sizes import gateways

# the console, which goes on, goes by these as well
SHARED: Final = ("home", "state", "vault", "jobs", "sample", "ledger", "accumulation", "console", "metrics")


def fixed(before: Config, after: Config) -> list[str]:
    """The settings that differ and need a restart, as facegate.toml spells them."""
    found = []
    for section in SHARED:
        old, new = getattr(before, section), getattr(after, section)
        if section == "home":
            found += ["home"] if old.absolute() != new.absolute() else []
        else:
            found += [f"{section}.{it.name}" for it in fields(old) if getattr(old, it.name) != getattr(new, it.name)]
    old, new = before.listen, after.listen
    found += [f"listen.{name}" for name in ("host", "port", "peers") if getattr(old, name) != getattr(new, name)]
    if kind(old.mode) != kind(new.mode):
        found.append("listen.mode")
    elif gateways(old) != gateways(new):
        found.append("listen.workers")
    return found
