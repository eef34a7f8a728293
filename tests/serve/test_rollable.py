from pathlib import Path
from typing import Any

import pytest
from facegate import config
from facegate.serve import sizes
from facegate.serve.rollable import SHARED, fixed


def settings(tmp_path: Path, **overrides: Any) -> config.Config:
    return config.load(None, **({"home": str(tmp_path)} | overrides))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"home": "elsewhere"}, ["home"]),
        ({"vault__keep": "31d", "vault__pixels": "never"}, ["vault.keep", "vault.pixels"]),
        ({"jobs__group_max": 3}, ["jobs.group_max"]),
        ({"accumulation__subjects": 3}, ["accumulation.subjects"]),
        ({"console__enabled": False}, ["console.enabled"]),
        ({"metrics__port": 9}, ["metrics.port"]),
        ({"listen__host": "127.0.0.2", "listen__port": 9}, ["listen.host", "listen.port"]),
        ({"listen__mode": "socks5"}, ["listen.mode"]),
        ({"listen__workers": 2}, ["listen.workers"]),
        ({"listen__inspectors": 2, "listen__proxy_protocol": ["10.0.0.0/8"]}, []),
        ({"limits__body": 1 << 20, "cache__verdicts": 0, "detector__threshold": 0.5, "egress__private": False}, []),
        ({"policy__faces": "drop", "identity__required": True, "log__level": "info"}, []),
    ],
)
def test_what_needs_a_restart_is_named(tmp_path: Path, change: dict[str, Any], named: list[str]) -> None:
    assert fixed(settings(tmp_path), settings(tmp_path, **change)) == named


def test_another_proxy_behind_it_needs_none(tmp_path: Path) -> None:
    one, other = (settings(tmp_path, listen__mode=f"upstream:http://{host}.example:80") for host in ("one", "other"))
    assert fixed(one, other) == []


def test_as_many_as_the_cores_allow_may_be_others_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "cores", lambda: 6)
    assert fixed(settings(tmp_path, listen__workers=2), settings(tmp_path, listen__workers="auto")) == []
    assert fixed(settings(tmp_path, listen__workers=3), settings(tmp_path, listen__workers="auto")) == [
        "listen.workers"
    ]


def test_every_section_is_thought_of() -> None:
    rolled = {"listen", "identity", "policy", "detector", "limits", "cache", "log", "traces", "egress", "source"}
    assert set(SHARED) | rolled == set(config.Config.__dataclass_fields__)
