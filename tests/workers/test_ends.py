from facegate_addons.workers.ends import End


def test_the_words_are_those_of_a_label() -> None:
    assert [*End] == ["died", "cut-off", "left", "recycled"]
