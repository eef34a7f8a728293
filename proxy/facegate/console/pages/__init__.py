"""The console's pages, one a module: `routes(site)`, and its `NAV` entry where it has a place in the menu."""

import importlib
import pkgutil
from types import ModuleType


def modules() -> list[ModuleType]:
    """By name."""
    found = sorted(it.name for it in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in found]
