from facegate_addons.hooks.inits import CANDIDATES, Inits

HOST = "https://films.example"


def test_of_the_nearest_folder_first() -> None:
    inits = Inits()
    inits.remember("a", f"{HOST}/other/init.mp4", b"other")
    inits.remember("a", f"{HOST}/film/init.mp4", b"film")
    inits.remember("a", f"{HOST}/film/high/init.mp4", b"high")
    inits.remember("a", f"{HOST}/film/low/init.mp4", b"low")
    assert inits.candidates("a", f"{HOST}/film/high/1.m4s") == (b"high", b"low", b"film", b"other")
    assert inits.candidates("a", f"{HOST}/other/video/1.m4s?x=/film/")[0] == b"other"


def test_jobs_and_hosts_are_apart() -> None:
    inits = Inits()
    inits.remember("a", f"{HOST}/init.mp4", b"init")

    assert inits.candidates("a", "https://FILMS.example/1.m4s") == (b"init",)
    assert inits.candidates("b", f"{HOST}/1.m4s") == ()
    assert inits.candidates("a", "https://films.example:8443/1.m4s") == ()


def test_no_more_than_a_few_candidates() -> None:
    inits = Inits()
    for number in range(50):
        inits.remember("a", f"{HOST}/{number}.mp4", bytes([number]))
        inits.remember("a", f"{HOST}/again/{number}.mp4", bytes([number]))
    found = inits.candidates("a", f"{HOST}/1.m4s")
    assert len(found) == len(set(found)) == CANDIDATES
    assert found[0] == bytes([49])


def test_bounded_in_number_and_bytes() -> None:
    few = Inits(entries=3)
    for number in range(10):
        few.remember("a", f"{HOST}/{number}/init.mp4", bytes([number]))
    assert len(few) == 3
    assert len(few.candidates("a", f"{HOST}/1.m4s")) == 3
    small = Inits(size=100)
    for number in range(10):
        small.remember(f"job {number}", f"{HOST}/init.mp4", bytes([number]) * 40)
    assert len(small) == 2
    assert small.candidates("job 0", f"{HOST}/1.m4s") == ()
    small.remember("a", f"{HOST}/large.mp4", bytes(101))
    assert len(small) == 0


def test_what_is_asked_for_stays() -> None:
    inits = Inits(entries=2)
    inits.remember("a", f"{HOST}/a/init.mp4", b"a")
    inits.remember("b", f"{HOST}/b/init.mp4", b"b")
    assert inits.candidates("a", f"{HOST}/a/1.m4s") == (b"a",)
    inits.remember("c", f"{HOST}/c/init.mp4", b"c")
    assert inits.candidates("a", f"{HOST}/a/1.m4s") == (b"a",)
    assert inits.candidates("b", f"{HOST}/b/1.m4s") == ()


def test_the_same_again_takes_no_more_room() -> None:
    inits = Inits(size=10)
    for _ in range(5):
        inits.remember("a", f"{HOST}/init.mp4", b"12345678")
    assert len(inits) == 1
