from facegate.state.following import Following


def test_two_that_say_the_same_are_the_same() -> None:
    assert Following(True, 1, 0.5) == Following(connected=True, behind=1, heard=0.5)
