"""The sandbox: which measures an inspection worker takes on this system, and what is missing."""

import asyncio
from collections.abc import Iterator, Mapping

from facegate_addons.workers.pool import START_SECONDS
from facegate_addons.workers.process import WorkerDied, WorkerProcess

from facegate.config import Config
from facegate.diagnosis.finding import Finding, note, ok, problem, warning
from facegate.errors import ConfigError

SUBJECT = "sandbox"
CLOSE = "another measure still closes it"
# measure of workers/confine.py -> what a worker goes without by it, which measures do the same, and how to have it
ABOUT: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "memory": ("memory without end", (), "bound the memory of the service (deploy/systemd, deploy/kubernetes)"),
    "cores": ("core dumps", (), "set the service's limit of core dumps to 0"),
    "descriptors": ("more than 64 open files", (), "raise the service's hard limit of open files"),
    "network": ("the network", ("calls",), "allow user namespaces, or leave it to the system calls"),
    "privileges": ("programs with privileges of their own", ("calls",), "Linux 3.5 or later"),
    "user": ("root", (), "run it as a user of its own, as deploy/systemd and the image do"),
    "capabilities": ("capabilities", ("user",), "drop them all for the service"),
    "files": ("writing files", ("paths", "calls"), "look at the service's limits"),
    "paths": (
        "reading files that are not its code, libraries or fonts",
        (),
        "Linux 5.13 or later with Landlock enabled",
    ),
    "calls": (
        "sockets, programs, processes",
        (),
        "Linux on x86_64 or aarch64 with seccomp, and a container that allows it",
    ),
}


def look(settings: Config) -> Iterator[Finding]:
    """A worker is started as a gateway would start it, and asked what it gave up."""
    try:
        measures = asyncio.run(_measures(settings))
    except (ConfigError, WorkerDied, TimeoutError, OSError) as error:
        yield problem(SUBJECT, f"no inspection worker could be started: {error}", "correct what it says")
        return
    yield from judged(measures)


def judged(measures: Mapping[str, str]) -> Iterator[Finding]:
    """`measures`: each with why it was not taken, "" where it was."""
    taken = [name for name in ABOUT if measures.get(name) == ""]
    gone = ", ".join(ABOUT[name][0] for name in taken)
    yield (
        ok(SUBJECT, f"an inspection worker goes without {gone}")
        if taken
        else warning(SUBJECT, "an inspection worker gives up nothing", "Linux 5.13 or later")
    )
    for name, (what, others, how) in ABOUT.items():
        if name in taken:
            continue
        said = f"an inspection worker keeps {what} ({measures.get(name, 'not tried')})"
        if any(other in taken for other in others):
            yield note(SUBJECT, f"{said}; {CLOSE}", how)
        else:
            yield warning(SUBJECT, said, how)


async def _measures(settings: Config) -> Mapping[str, str]:
    worker = await WorkerProcess.start(settings.worker_settings, START_SECONDS)
    worker.kill()
    await worker.gone()
    return worker.confined
