import json
from pathlib import Path

from facegate.ledger.chained import ChainedLedger
from facegate.ledger.files import closed
from facegate.ledger.follow import Follower, Fresh


def numbers(fresh: list[Fresh]) -> list[int]:
    return [entry["n"] for it in fresh if "n" in (entry := json.loads(it.raw)["entry"])]


def everything(follower: Follower, limit: int = 512) -> list[Fresh]:
    found: list[Fresh] = []
    while more := follower.more(limit):
        found += more
    return found


def test_what_is_new_in_its_order_over_rotations(folder: Path, write) -> None:
    follower = Follower(folder)
    assert follower.more() == []
    found: list[Fresh] = []
    for n in range(6):
        write(20, begin=20 * n)
        found += everything(follower, limit=7)
    assert numbers(found) == list(range(120))
    assert len(closed(folder, "gateway-0")) > 5
    assert [it.position.seq for it in found if it.position] == list(range(1, len(found) + 1))
    assert follower.more() == []


def test_it_goes_on_where_it_was_after_a_restart(folder: Path, write) -> None:
    write(30)
    first = Follower(folder).more(11)
    write(30, begin=30)
    for positions in ({"gateway-0": first[-1].position}, {}):
        rest = everything(Follower(folder, {name: it for name, it in positions.items() if it}))
        assert numbers(rest) == list(range(len(numbers(first)) if positions else 0, 60))


def test_it_goes_on_by_number_where_the_file_is_another(folder: Path, write) -> None:
    write(30)
    last = Follower(folder).more(11)[-1]
    assert last.position is not None
    moved = type(last.position)(last.position.seq, last.position.hash, 3, 17)
    assert numbers(everything(Follower(folder, {"gateway-0": moved})))[0] == numbers([last])[0] + 1


def test_archived_files_are_passed_over(folder: Path, write) -> None:
    write(10)
    follower = Follower(folder)
    everything(follower)
    write(60, begin=10)
    gone = closed(folder, "gateway-0")[:2]
    for path in gone:
        path.unlink()
    found = numbers(everything(follower))
    assert found == list(range(found[0], 70))


def test_half_a_line_waits_and_damage_is_passed_on_once(folder: Path, write) -> None:
    with ChainedLedger(folder, "cli") as ledger:
        ledger.append({"n": 1})
    follower = Follower(folder)
    assert numbers(everything(follower)) == [1]
    path = folder / "cli.jsonl"
    with path.open("ab") as file:
        file.write(b"gar")
    assert follower.more() == []
    with path.open("ab") as file:
        file.write(b"bage\n")
    assert [it.raw for it in everything(follower)] == [b"garbage"]
    assert follower.more() == []
    with ChainedLedger(folder, "cli") as ledger:
        ledger.append({"n": 2})
    assert numbers(everything(follower)) == [2]


def test_again_goes_back(folder: Path, write) -> None:
    write(30)
    follower = Follower(folder)
    first = follower.more(8)
    follower.more(8)
    assert first[-1].position is not None
    follower.again({"gateway-0": first[-1].position})
    assert numbers(everything(follower))[0] == numbers(first)[-1] + 1
