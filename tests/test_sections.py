from datetime import timedelta
from pathlib import Path

from facegate.config import load
from facegate.ledger.rotation import Rotation


def test_identities(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text(
        f"[identity]\nsources = {{ '::ffff:10.0.0.0/104' = 'a' }}\n[identity.certificates]\n{'AB' * 32} = 'b'\n"
    )
    known = load(path).identity.identities
    assert known.networks.job_of("10.1.2.3") == "a"
    assert dict(known.certificates) == {"ab" * 32: "b"}
    assert (known.signature_life, known.longest_delay) == (300, 8)


def test_accumulation_of_0_is_not_watched() -> None:
    thresholds = load(
        accumulation__window="7d", accumulation__releases=0, accumulation__hosts=3
    ).accumulation.thresholds
    assert (thresholds.window.days, thresholds.releases, thresholds.hosts, thresholds.faces) == (7, None, 3, 50_000)


def test_how_long_verdicts_are_remembered() -> None:
    assert load().cache.keep_for == timedelta(hours=1)
    assert load(cache__keep="90s").cache.keep_for == timedelta(seconds=90)


def test_when_ledger_files_are_closed() -> None:
    assert load().ledger.rotation == Rotation(256 << 20, timedelta(days=30))
    assert load(ledger__rotate_size=0, ledger__rotate_age="0s").ledger.rotation == Rotation(None, None)
    assert load(ledger__checkpoint_every="90m").ledger.checkpoint_seconds == 5400
