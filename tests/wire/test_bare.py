import subprocess
import sys

import pytest


def imported(first: str) -> set[str]:
    code = f"import sys\n{first}\nimport facegate_addons.wire.master\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


def test_what_the_gate_does_not_use_is_not_there() -> None:
    modules = imported("")
    assert {"mitmproxy.addons.proxyserver", "mitmproxy.addons.tlsconfig"} <= modules
    assert not {"flask", "ldap3", "mitmproxy.addons.proxyauth", "mitmproxy.addons.script"} & modules


@pytest.mark.parametrize("first", ["import mitmproxy.addons", "from mitmproxy.addons import default_addons"])
def test_what_somebody_else_imported_before_stays(first: str) -> None:
    assert "mitmproxy.addons.proxyauth" in imported(first)
