import json
import subprocess
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.errors import StateError
from facegate.ledger.checkpoints import copy, file_of, last, make, numbers, read


def problems(folder: Path, key: Ed25519PrivateKey) -> list[str]:
    return read(folder / "checkpoints", [key.public_key()], all_of_them=True).problems


def test_they_say_how_far_each_ledger_is_and_follow_each_other(folder: Path, write, key: Ed25519PrivateKey) -> None:
    write(20)
    first, digest = make(folder, key, "asked")
    write(20, begin=20)
    write(2, name="cli")
    second, _ = make(folder, key, "periodic")
    assert (first.number, second.number, second.prev, second.why) == (1, 2, digest, "periodic")
    for name in ("gateway-0", "cli"):
        last_line = json.loads((folder / f"{name}.jsonl").read_bytes().splitlines()[-1])
        assert (second.ledgers[name].seq, second.ledgers[name].hash) == (last_line["seq"], last_line["hash"])
    assert not second.bad
    assert problems(folder, key) == []
    assert last(folder / "checkpoints") == second
    assert {path.stat().st_mode & 0o777 for path in (folder / "checkpoints").iterdir()} == {0o600}


def test_openssl_checks_one_by_hand(folder: Path, write, key: Ed25519PrivateKey) -> None:
    write(1)
    make(folder, key, "asked")
    argv = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", file_of(1),
            "-sigfile", "checkpoint-00000001.sig"]  # fmt: skip
    checked = subprocess.run(argv, cwd=folder / "checkpoints", capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "Signature Verified Successfully" in checked.stdout


def test_each_way_to_spoil_one_is_named(folder: Path, write, key: Ed25519PrivateKey) -> None:
    for n in range(4):
        write(1, begin=n)
        make(folder, key, "asked")
    path = folder / "checkpoints" / file_of(2)
    whole, signature = path.read_bytes(), path.with_suffix(".sig").read_bytes()
    path.write_bytes(whole.replace(b'"asked"', b'"other"'))
    assert any("00000002.json: is not signed by the key" in it for it in problems(folder, key))
    path.write_bytes(whole)
    assert problems(folder, key) == []
    path.with_suffix(".sig").write_bytes(signature[:-1])
    assert any("is not signed" in it for it in problems(folder, key))
    path.with_suffix(".sig").unlink()
    assert problems(folder, key)[0] == "checkpoint-00000002.json: its signature is missing"
    path.unlink()
    assert problems(folder, key) == ["checkpoint-00000002.json: is missing"]
    third = folder / "checkpoints" / file_of(3)
    path.write_bytes(third.read_bytes())
    path.with_suffix(".sig").write_bytes(third.with_suffix(".sig").read_bytes())
    assert "checkpoint-00000002.json: is no checkpoint 2" in problems(folder, key)
    assert len(problems(folder, Ed25519PrivateKey.generate())) >= 4


def test_another_chain_under_the_same_key_does_not_fit(folder: Path, write, key, tmp_path: Path) -> None:
    write(1)
    make(folder, key, "asked")
    make(folder, key, "asked")
    (folder / "checkpoints").rename(tmp_path / "kept")
    make(folder, key, "forged")
    for suffix in (".json", ".sig"):
        (tmp_path / "kept" / file_of(1)).with_suffix(suffix).write_bytes(
            (folder / "checkpoints" / file_of(1)).with_suffix(suffix).read_bytes()
        )
    found = read(tmp_path / "kept", [key.public_key()], all_of_them=True)
    assert found.problems == ["checkpoint-00000002.json: does not follow the one before it"]


def test_damage_is_signed_as_damage_and_the_good_part_stays(folder: Path, write, key: Ed25519PrivateKey) -> None:
    write(3)
    first, _ = make(folder, key, "asked")
    write(3, begin=3)
    path = folder / "gateway-0.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n":4', b'"n":9'))
    second, _ = make(folder, key, "asked")
    assert second.bad == ("gateway-0.jsonl:5: was altered or damaged",)
    assert second.ledgers["gateway-0"] == first.ledgers["gateway-0"]


def test_copies_elsewhere_catch_up_and_never_replace(folder: Path, write, key, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(1)
    with pytest.raises(StateError, match="it is no folder"):
        make(folder, key, "asked", elsewhere)
    assert numbers(folder / "checkpoints") == [1]
    elsewhere.mkdir()
    make(folder, key, "asked", elsewhere)
    assert numbers(elsewhere) == [1, 2]
    assert sorted(path.name for path in elsewhere.iterdir()) == sorted(
        ["checkpoint-00000001.json", "checkpoint-00000001.sig", "checkpoint-00000002.json", "checkpoint-00000002.sig",
         "key.pem"]
    )  # fmt: skip
    (elsewhere / file_of(1)).write_bytes(b"other")
    assert copy(folder / "checkpoints", elsewhere) == 0
    assert (elsewhere / file_of(1)).read_bytes() == b"other"


def test_two_makers_at_once_make_one_chain(folder: Path, write, key: Ed25519PrivateKey) -> None:
    write(30)
    makers = [threading.Thread(target=make, args=(folder, key, "asked")) for _ in range(6)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert numbers(folder / "checkpoints") == [1, 2, 3, 4, 5, 6]
    assert problems(folder, key) == []


def test_a_crash_between_signature_and_statement_leaves_none(folder: Path, write, key: Ed25519PrivateKey) -> None:
    write(1)
    make(folder, key, "asked")
    (folder / "checkpoints" / "checkpoint-00000002.sig").write_bytes(b"half")
    assert problems(folder, key) == []
    make(folder, key, "asked")
    assert problems(folder, key) == []
