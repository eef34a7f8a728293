"""A facegate.toml in which the answers stand, and every other setting with its default, commented out."""

import dataclasses
import json
from typing import Any, Final

from facegate.config import Config
from facegate.setup.answers import HERE, Answers

HEAD = """\
# Facegate. What is commented out is as it comes; docs/configuration.md says what each setting means.
# `facegate check --config FILE` says whether this is well; `facegate reload` puts a change into force.
"""
# section -> what it is about, in the file's order
ABOUT: Final = {
    "listen": "Where crawlers connect.",
    "identity": "Who they are. Without a job's credentials nobody gets in, unless it listens on loopback only.",
    "policy": "What becomes of pictures with faces, and of what cannot be looked at.",
    "detector": "What faces are looked for with, and how small they may be (pixels).",
    "limits": "How far a body is looked into; what is beyond is withheld. Bytes, pixels and seconds.",
    "cache": "What is remembered of bodies that were looked at.",
    "jobs": "What is demanded of every job.",
    "state": "Where jobs and records are: on this machine, or in Redis for several.",
    "vault": "Where withheld bytes are kept, encrypted, and how long.",
    "sample": "A share of the pictures that passed, kept for a while for somebody to say what was missed.",
    "ledger": "The audit log.",
    "console": "The pages for reviewers.",
    "log": "What the processes say on standard error.",
    "metrics": "A port for metrics alone.",
    "traces": "OpenTelemetry.",
    "egress": "Where crawlers may go. By default to no private address, but for crawlers on the gateway's own machine.",
    "accumulation": "What one operator's targeted jobs may add up to before a reviewer has to sign.",
}
# what has no default that could be written down
OPEN: Final = {
    ("identity", "required"): "true, unless it listens on loopback only",
    ("detector", "threshold"): "the model's own",
    ("egress", "private"): "false, unless it listens on loopback only",
}


def text(answers: Answers) -> str:
    """The file. Every setting that there is stands in it once."""
    chosen: dict[str, dict[str, Any]] = {
        "listen": {"port": answers.port} if answers.where == HERE else {"host": answers.host, "port": answers.port},
        "policy": {"faces": answers.faces},
        "vault": {"keep": answers.keep},
    }
    defaults = Config()
    return "\n".join([HEAD, *(_section(name, getattr(defaults, name), chosen.get(name, {})) for name in ABOUT)])


def _section(name: str, defaults: Any, chosen: dict[str, Any]) -> str:
    lines = [f"# {ABOUT[name]}", f"[{name}]"]
    for setting in dataclasses.fields(defaults):
        value = getattr(defaults, setting.name)
        if setting.name in chosen:
            lines.append(f"{setting.name} = {json.dumps(chosen[setting.name])}")
        elif value is None:
            lines.append(f"# {setting.name}: {OPEN[name, setting.name]}")
        else:
            lines.append(f"# {setting.name} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"
