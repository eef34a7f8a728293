"""What the tests send."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from facegate_addons.domain.model import utc_now


def untargeted(operator: str = "olaf", **more: Any) -> dict[str, Any]:
    return {"operator": operator, "purpose": "an index of pages", "scope": {"kind": "untargeted"}, **more}


def targeted(operator: str = "olaf", **more: Any) -> dict[str, Any]:
    scope = {
        "kind": "individual",
        "subjects": ["case-4711"],
        "hosts": ["news.example"],
        "legal_basis": "a law",
        "reference": "order no. 4711",
        "expires": f"{utc_now() + timedelta(days=30):%Y-%m-%dT00:00:00Z}",
        "max_releases": 100,
        **more,
    }
    return {"operator": operator, "purpose": "find one missing person", "scope": scope}


def looked_at(ask: Callable[..., httpx.Response], job: str, name: str = "rita") -> dict[str, Any]:
    """The version that waits, as a decision names it."""
    shown = ask(name, "GET", f"jobs/{job}").json()
    version = next(it for it in shown["versions"] if it["version"] == shown["waiting"])
    return {"version": version["version"], "fingerprint": version["fingerprint"]}
