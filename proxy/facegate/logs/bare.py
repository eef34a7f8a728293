"""structlog alone is imported, without what it would take along where that is installed.

It tries rich and others for tracebacks that are not wanted here, because they show what variables hold: 11 MB a
process, and more than a second until it is ready.
"""

import sys
from typing import Final

UNUSED: Final = ("rich", "twisted", "better_exceptions", "colorama")


def import_bare() -> None:
    """Where one of them was imported before, it stays as it is."""
    hidden = [name for name in UNUSED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails, as where it is not installed
    try:
        import structlog  # noqa: F401
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
