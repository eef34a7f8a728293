"""Only those of mitmproxy's addons are imported that the gate uses.

`mitmproxy.addons` imports all of them as soon as one is asked for, and with them a web server, LDAP and a script
runner: a third of the time until a gateway is ready, 10 MB a process, and code that nothing here may ever reach.
"""

import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Final

import mitmproxy

PACKAGE: Final = "mitmproxy.addons"


def import_bare() -> None:
    """The package without what stands in its __init__, whose one function nobody calls here.

    Where it was imported before, it stays as it is.
    """
    if PACKAGE in sys.modules:
        return
    spec = PathFinder.find_spec(PACKAGE, mitmproxy.__path__)
    if spec is None or not spec.submodule_search_locations:
        return  # `install` says what is wrong with such a mitmproxy
    package = ModuleType(PACKAGE)
    package.__spec__ = spec
    package.__path__ = spec.submodule_search_locations
    sys.modules[PACKAGE] = package
    mitmproxy.addons = package  # type: ignore[attr-defined]
