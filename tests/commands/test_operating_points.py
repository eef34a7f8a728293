from facegate.calibration import Scored, calibrate
from facegate.commands.operating_points import bars, closing, print_calibration

VERSIONS = {"model": "m", "weights": "0123456789abcdef", "views": "7", "min_face": "20"}


def pictures(faces: list[float], clear: list[float]) -> list[Scored]:
    return [
        Scored(f"{'faces' if face else 'nofaces'}/{number}", face, (), score)
        for face, scores in ((True, faces), (False, clear))
        for number, score in enumerate(scores)
    ]


def test_the_bars_stand_under_their_thresholds() -> None:
    found = calibrate(pictures([0.5] + [0.8] * 99, [0.3] * 5 + [0.0] * 95), 0.4)
    scale, missed, withheld, now, key = bars(found)
    assert scale.index("0.5") + 1 == missed.index("▁")  # one of a hundred is missed from the next threshold on
    assert withheld[scale.index("0.3")] == "▅"  # five of a hundred: half of what fills a bar, rounded up
    assert withheld[scale.index("0.3") + 1 :] == ""
    assert now.index("^") == scale.index("0.4")
    assert key.startswith("a full bar is 10.0 %")


def test_bars_with_nothing_of_a_kind() -> None:
    found = calibrate(pictures([], [0.3]), 0.05)
    _, missed, withheld, now, _ = bars(found)
    assert missed.split() == ["missed"]
    assert "█" in withheld
    assert now == ""  # left of the scale


def test_the_closing_line_says_what_to_write_and_its_cost() -> None:
    lax = calibrate(pictures([0.8] * 99 + [0.1], [0.5] * 10 + [0.0] * 90), 0.4)
    assert closing(lax) == (
        "facegate.toml: [detector] threshold = 0.65: misses 1.0 % of the faces and withholds 0.0 % of the others. "
        "Now, at 0.4: misses 1.0 % of the faces and withholds 10.0 % of the others."
    )


def test_the_closing_line_keeps_what_chance_may_have_made() -> None:
    fine = calibrate(pictures([0.8] * 100, [0.0] * 100), 0.4)
    assert closing(fine) == (
        "facegate.toml: [detector] threshold = 0.4, as it is: "
        "misses 0.0 % of the faces and withholds 0.0 % of the others."
    )
    near = calibrate(pictures([0.8] * 99 + [0.45], [0.41] + [0.0] * 99), 0.4)
    assert closing(near).endswith(" 1.0 % at most would be 0.43; so few pictures cannot tell the two apart.")


def test_the_closing_line_of_few_pictures() -> None:
    assert closing(calibrate(pictures([0.8], [0.0]), 0.4)).endswith("Leave it at 0.4.")


def test_in_a_pipe_it_is_lines_and_tabs(capsys) -> None:
    broken = Scored("faces/\x1b[2J", True, (), None, "undecodable")
    notes = Scored("nofaces/README", False, (), None, "no picture")
    found = calibrate([*pictures([0.8, 0.1, 0.2, 0.3], [0.5]), broken, notes], 0.4)
    print_calibration(found, VERSIONS, 2)
    told = capsys.readouterr().out
    assert "4 pictures with a face and 1 without, scored by m (weights 0123456789ab, views 7, min_face 20)\n" in told
    assert "unreadable: 1 with a face and 0 without" in told
    assert "no pictures, not counted: 1\n" in told
    assert "faces/\\u001b[2J\tundecodable\n" in told
    assert "now\t0.4\t25.0 % (1 of 4)\t4.6 to 69.9\t100.0 % (1 of 1)\t20.7 to 100.0\n" in told
    assert "No threshold for 5.0 %: needs 20 pictures without a face, there are 1\n" in told
    assert "missed at 0.4\tscore\ttags\nfaces/1\t0.10\t\nfaces/2\t0.20\t\nand 1 more: --mistakes 3\n" in told
    assert "wrongly withheld at 0.4\tscore\ttags\nnofaces/0\t0.50\t\n" in told
    assert "█" not in told


def test_mistakes_can_be_left_away(capsys) -> None:
    print_calibration(calibrate(pictures([0.1], [0.5]), 0.4), VERSIONS, 0)
    assert "faces/0" not in capsys.readouterr().out
