from facegate.ledger.checkpoints import make
from facegate.ledger.signing import fingerprint, signing_key
from facegate.reports.evidence import ledger_facts
from reports.conftest import DAY, Golden, exchange


def test_whole_and_signed(empty: Golden) -> None:
    empty.write(exchange(0), exchange(1))
    home = empty.sources.home
    key = signing_key(home, {})
    made, digest = make(home.ledger, key, "asked")
    empty.write(exchange(2))
    facts = ledger_facts(home)
    assert (facts["ok"], facts["lines"], facts["problems"], facts["checkpoints"]) == (True, 3, [], 1)
    assert facts["began"] == DAY.isoformat(timespec="microseconds")
    assert [(it["ledger"], it["seq"], len(it["hash"])) for it in facts["heads"]] == [("cli", 3, 64)]
    checkpoint = facts["checkpoint"]
    assert (checkpoint["number"], checkpoint["sha256"]) == (made.number, digest)
    assert checkpoint["key"] == fingerprint(key.public_key())


def test_damage_is_named(empty: Golden) -> None:
    empty.write(exchange(0), exchange(1))
    path = empty.sources.home.ledger / "cli.jsonl"
    path.write_bytes(path.read_bytes().replace(b"news", b"olds", 1))
    facts = ledger_facts(empty.sources.home)
    assert (facts["ok"], facts["heads"]) == (False, [])
    assert facts["problems"] == ["cli.jsonl:1: was altered or damaged"]
