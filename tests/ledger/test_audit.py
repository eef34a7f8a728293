"""What somebody may do to a ledger who can write everything in the home, and how it is found."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.errors import ConfigError
from facegate.ledger.audit import Asked, Audit, audit
from facegate.ledger.chain import Link
from facegate.ledger.chained import ChainedLedger
from facegate.ledger.checkpoints import file_of, make
from facegate.ledger.files import closed
from facegate.ledger.scan import CHECKPOINT
from facegate.ledger.signing import read_public
from facegate.ledger.verify import Archived


@pytest.fixture
def signed(folder: Path, write, key: Ed25519PrivateKey) -> Path:
    """80 lines in several files and three checkpoints, the last of which the ledger tells of."""
    for n in range(3):
        write(25, begin=25 * n)
        it, digest = make(folder, key, "periodic")
    write(5, begin=75)
    with ChainedLedger(folder, "cli") as ledger:
        ledger.append({"event": CHECKPOINT, "number": it.number, "sha256": digest})
    return folder


@pytest.fixture
def kept(signed: Path, tmp_path: Path) -> Asked:
    """Checkpoints and key as an auditor kept them."""
    elsewhere = tmp_path / "auditor"
    shutil.copytree(signed / "checkpoints", elsewhere)
    return Asked(elsewhere, [read_public(elsewhere / "key.pem")])


def rewrite(folder: Path, write, count: int = 80) -> None:
    """The ledger of the gateway, made anew with other content: chain and head fit each other."""
    for path in [*closed(folder, "gateway-0"), *folder.glob("gateway-0.*")]:
        path.unlink(missing_ok=True)
    write(count, forged=True)


def bad(found: Audit) -> list[str]:
    return [f"{it.file}:{it.bad_line}: {it.problem}" for it in found.reports if not it.ok] + found.problems


def test_whole(signed: Path, kept: Asked) -> None:
    for asked in (None, kept, Asked(since_checkpoint=True)):
        found = audit(signed, asked)
        assert bad(found) == []
        assert (found.checkpoints, found.newest and found.newest.number) == (3, 3)


def test_a_rewritten_ledger_does_not_fit_its_checkpoints(signed: Path, write) -> None:
    rewrite(signed, write)
    found = audit(signed)
    assert any("is not the line that checkpoint 1 tells of" in it for it in bad(found))


def test_a_home_rewritten_as_a_whole_does_not_fit_what_was_kept_elsewhere(signed, kept, write, key) -> None:
    rewrite(signed, write)
    shutil.rmtree(signed / "checkpoints")
    (signed / "cli.jsonl").unlink()
    (signed / "cli.head").unlink()
    for _ in range(3):
        it, digest = make(signed, key, "periodic")  # with the key of the home
    with ChainedLedger(signed, "cli") as ledger:
        ledger.append({"event": CHECKPOINT, "number": it.number, "sha256": digest})
    assert audit(signed).ok, "nothing in the home can tell"
    found = bad(audit(signed, kept))
    assert any(f"is not the line that checkpoint 1 of {kept.checkpoints} tells of" in it for it in found)
    assert any("is not the one that was kept elsewhere" in it for it in found)


def test_another_key_in_the_home_is_not_taken(signed, kept, write) -> None:
    rewrite(signed, write)
    shutil.rmtree(signed / "checkpoints")
    other = Ed25519PrivateKey.generate()
    make(signed, other, "periodic")
    assert any("is not signed by the key" in it for it in bad(audit(signed, Asked(keys=kept.keys))))


def test_one_kept_checkpoint_is_enough_to_find_it(signed, kept, write, key, tmp_path) -> None:
    one = tmp_path / "one"
    one.mkdir()
    for suffix in (".json", ".sig"):
        shutil.copy((kept.checkpoints / file_of(2)).with_suffix(suffix), one)
    assert audit(signed, Asked(one, kept.keys)).ok
    rewrite(signed, write)
    shutil.rmtree(signed / "checkpoints")
    found = bad(audit(signed, Asked(one, kept.keys)))
    assert any("checkpoint 2 of" in it for it in found)
    assert any("is missing here, and was kept elsewhere" in it for it in found)


def test_removed_checkpoints_are_missed(signed: Path) -> None:
    (signed / "checkpoints" / file_of(3)).unlink()
    assert bad(audit(signed)) == ["checkpoint-00000003.json: is missing; cli.jsonl:1 tells of it"]
    shutil.rmtree(signed / "checkpoints")
    assert len(bad(audit(signed))) == 1


def test_a_ledger_that_only_a_checkpoint_remembers(signed: Path) -> None:
    for path in signed.glob("gateway-0.*"):
        path.unlink()
    assert any("gateway-0.jsonl:1: the file is missing; it had lines up to" in it for it in bad(audit(signed)))


def test_lines_cut_off_behind_a_rewritten_head_are_missed(signed: Path) -> None:
    for path in signed.glob("gateway-0.*"):
        if path.name != closed(signed, "gateway-0")[0].name:
            path.unlink()
    assert any("the file is missing" in it for it in bad(audit(signed)))


def test_since_the_newest_checkpoint_only_what_is_new_is_walked(signed: Path, write) -> None:
    first = closed(signed, "gateway-0")[0]
    first.write_bytes(first.read_bytes().replace(b'"n":1}', b'"n":2}'))
    heard: list[int] = []
    assert audit(signed, Asked(since_checkpoint=True), heard.append).ok
    everything = sum(path.stat().st_size for path in signed.glob("*.jsonl"))
    assert sum(heard) < everything / 3
    assert not audit(signed).ok
    current = signed / "gateway-0.jsonl"
    current.write_bytes(current.read_bytes().replace(b'"n":79', b'"n":78'))
    assert not audit(signed, Asked(since_checkpoint=True)).ok


def test_since_a_checkpoint_whose_line_is_not_there_everything_is_walked(signed: Path, write) -> None:
    rewrite(signed, write)
    assert any("checkpoint" in it for it in bad(audit(signed, Asked(since_checkpoint=True))))


def test_what_cannot_be_used_is_one_line(signed: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        audit(signed, Asked(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="holds no checkpoints"):
        audit(signed, Asked(tmp_path))


def test_a_key_that_was_changed_goes_on_with_the_chain(folder: Path, write, key, tmp_path: Path) -> None:
    write(3)
    first, _ = make(folder, key, "asked", archived={"old": Archived(Link(3, "ab" * 32))})
    new = Ed25519PrivateKey.generate()
    second, _ = make(folder, new, "asked")
    assert (second.number, second.archived) == (2, first.archived)
    assert audit(folder).ok
    assert any("is not signed" in it for it in audit(folder, Asked(keys=[new.public_key()])).problems)
    assert audit(folder, Asked(keys=[key.public_key(), new.public_key()])).ok
