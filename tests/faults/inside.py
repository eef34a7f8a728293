"""Imported by every process of a gateway that tests start with faults (see launched): wraps the call sites.

What is due now and then in a gateway is due at once here, steps of the chain are cut off sooner, and a child that ended
is started again at once.
"""

import functools
import importlib.abc
import importlib.machinery
import inspect
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from faults.kinds import POLL, WAITS, Kind, strike, waiting
from faults.sites import NUMBERS, SITES, Site
from faults.switch import Switch

SOON = 0.3  # seconds between two purges, looks and the like
PATIENCE = 6.0  # of the slowest step of the chain, which waits for workers
ORPHANS = 30.0  # of the vault: longer than any hang lasts


def install(folder: Path) -> None:
    switch, process = Switch(folder / "switch"), _process()
    here = [site for site in SITES if site.process in ("", process)]
    _wrong_clock(switch)
    targets: dict[str, list[Site]] = {}
    for site in here:
        targets.setdefault(site.target.partition(":")[0], []).append(site)
    statements = targets.pop("sql", [])
    steps = _steps(switch, {site.target: site for site in here})
    for site in targets.pop("os", []):
        _wrap(sys.modules["os"], site, switch)

    def loaded(module: ModuleType) -> None:
        for site in targets.get(module.__name__, ()):
            _wrap(module, site, switch)
        if module.__name__ == "facegate.state.database" and statements:
            _wrap_statements(module, statements, switch)
        if module.__name__ == "facegate_addons.hooks.step":
            steps(module)
        if hasten := HASTENED.get(module.__name__):
            hasten(module)
        if module.__name__ == "facegate_addons.domain.model":
            now = module.utc_now
            module.utc_now = lambda: now() + timedelta(seconds=switch.shift)

    sys.meta_path.insert(0, _Watching(loaded))


def _process() -> str:
    said = " ".join(sys.orig_argv)
    names = {"facegate.serve.gateway": "gateway", "workers.worker": "worker", "facegate.console": "console"}
    return next((name for words, name in names.items() if words in said), "supervisor")


class _Watching(importlib.abc.MetaPathFinder):
    """Tells of each module that was loaded."""

    def __init__(self, loaded: Callable[[ModuleType], None]) -> None:
        self._loaded = loaded

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith("facegate"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None and (run := getattr(spec.loader, "exec_module", None)):

            def exec_module(module: ModuleType) -> None:
                run(module)
                self._loaded(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _wrap(module: ModuleType, site: Site, switch: Switch) -> None:
    *path, name = site.target.partition(":")[2].split(".")
    owner: Any = functools.reduce(getattr, path, module)
    call = inspect.getattr_static(owner, name)
    if getattr(call, "faulty", None) != site.name:  # else it is a step, and done
        setattr(owner, name, _wrapped(call, site, switch))


def _wrapped(call: Callable[..., Any], site: Site, switch: Switch) -> Callable[..., Any]:
    number = NUMBERS[site.name]

    @functools.wraps(call)
    def plain(*arguments: Any, **named: Any) -> Any:
        if kind := switch.armed(number):
            strike(switch, number, Kind(kind))
        return call(*arguments, **named)

    @functools.wraps(call)
    async def waits(*arguments: Any, **named: Any) -> Any:
        kind = switch.armed(number)
        if kind in WAITS:
            import asyncio

            switch.fire()
            for rest in waiting(switch, number, Kind(kind), lambda: asyncio.sleep(POLL)):
                await rest
        elif kind:
            strike(switch, number, Kind(kind))
        return await call(*arguments, **named)

    wrapped = waits if inspect.iscoroutinefunction(call) else plain
    wrapped.faulty = site.name
    return wrapped


def _wrap_statements(module: ModuleType, sites: Sequence[Site], switch: Switch) -> None:
    begins = {site.target.partition(":")[2]: NUMBERS[site.name] for site in sites}

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            for words, number in begins.items():
                if (kind := switch.armed(number)) and sql.startswith(words):
                    strike(switch, number, Kind(kind), sql=True)
            return super().execute(sql, *parameters)

    connect = module.connect

    def faulty(path: Path, mode: str = "rw", factory: type[sqlite3.Connection] = Connection) -> sqlite3.Connection:
        return connect(path, mode, Connection if factory is sqlite3.Connection else factory)

    module.connect = faulty


def _wrong_clock(switch: Switch) -> None:
    now = time.time
    time.time = lambda: now() + switch.shift


def _soon(module: ModuleType) -> None:
    every = module.every

    async def soon(seconds: float, work: Callable[[], object], what: str) -> None:
        await every(min(seconds, ORPHANS if what == "orphans" else SOON), work, what)

    module.every = soon
    module.LATE_SECONDS = SOON


def _steps(switch: Switch, sites: dict[str, Site]) -> Callable[[ModuleType], None]:
    """Faults of a step are within it, where it cuts them off by itself."""

    def within(hook: Callable[..., Any]) -> Callable[..., Any]:
        site = sites.get(f"{hook.__module__}:{hook.__qualname__}")
        return _wrapped(hook, site, switch) if site else hook

    def loaded(module: ModuleType) -> None:
        step, waiting_step = module.step, module.waiting_step
        module.step = lambda hook: step(within(hook))

        def impatient(seconds: float, otherwise: Any) -> Callable[..., Any]:
            wrap = waiting_step(min(seconds / 5, PATIENCE), otherwise)
            return lambda hook: wrap(within(hook))

        module.waiting_step = impatient

    return loaded


def _set(**values: Any) -> Callable[[ModuleType], None]:
    return lambda module: vars(module).update(values)


HASTENED: dict[str, Callable[[ModuleType], None]] = {
    "facegate.serve.periodic": _soon,
    "facegate.serve.child": _set(BACKOFF_SECONDS=(0.05,)),
    "facegate.ledger.file": _set(_AGAIN=timedelta(seconds=1)),
    "facegate_addons.workers.pool": _set(BACKOFF_SECONDS=(0.0, 0.1)),
    "facegate_addons.hooks.sample": _set(TELL_SECONDS=0.0, KEEP_SECONDS=1.0),
    "facegate.serve.declared": _set(LATE_SECONDS=SOON),
    "facegate_addons.hooks.identify": _set(LOOK_UP_SECONDS=PATIENCE / 3),
}
