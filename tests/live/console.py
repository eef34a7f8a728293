"""A person at the console of a running gateway."""

import httpx
from live.gateways import Gateway
from plain_http import NO_TLS

PASSWORD = "a long password"


def console(gateway: Gateway, path: str, user: str = "") -> httpx.Response:
    """The answer to a GET; as `user`, after a log-in."""
    with httpx.Client(base_url=gateway.console, trust_env=False, timeout=20, verify=NO_TLS) as client:
        if user:
            fields = {"name": user, "password": PASSWORD}
            entered = client.post("/login", data=fields, headers={"Origin": gateway.console.rstrip("/")})
            assert entered.status_code == 303
        return client.get(path)
