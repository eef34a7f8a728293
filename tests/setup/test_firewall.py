import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from facegate.setup import firewall
from facegate.setup.answers import HERE, NETWORK, Answers

ALONE = Answers(HERE, "127.0.0.1", 8080, "", "acme", "drop", "30d", "root", "nobody", "linux")
THERE = dataclasses.replace(ALONE, where=NETWORK, host="10.0.0.2", network="10.0.0.0/24")
SIX = dataclasses.replace(THERE, host="fd00::2", network="fd00::/64")


@pytest.mark.parametrize("answers", [ALONE, THERE, SIX])
def test_nftables_takes_it(answers: Answers, tmp_path: Path) -> None:
    file = tmp_path / firewall.name(answers)
    text = firewall.text(answers, str(file))
    file.write_text(text)
    assert text.count("{") == text.count("}")
    if (nft := shutil.which("nft", path=f"{os.environ['PATH']}:/usr/sbin")) and os.geteuid() == 0:
        done = subprocess.run([nft, "-c", "-f", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0 or "Operation not permitted" in done.stderr, done.stderr


def test_whom_it_lets_out() -> None:
    own, there = firewall.text(ALONE, "f"), firewall.text(THERE, "f")
    assert 'meta skuid nobody oifname "lo" tcp dport 8080 accept' in own
    assert own.index("dport 8080 accept") < own.index("reject")
    assert there.index("ip saddr 10.0.0.2 accept") < there.index("ip saddr 10.0.0.0/24 counter")
    assert "ip6 saddr fd00::/64 ip6 daddr fd00::2 tcp dport 8080 accept" in firewall.text(SIX, "f")


def test_on_macos_it_is_for_pf() -> None:
    mac = dataclasses.replace(ALONE, system="darwin")
    assert firewall.name(mac) == "facegate.pf"
    lines = firewall.text(mac, "/etc/facegate.pf").splitlines()
    assert lines[-2:] == [
        "block return out proto { tcp udp } user nobody",
        "pass out proto tcp to 127.0.0.1 port 8080 user nobody",  # pf goes by the last that fits
    ]
    assert "pass from 10.0.0.2 to any" in firewall.text(dataclasses.replace(THERE, system="darwin"), "f")
