from facegate.console.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, columns, shares, short


def test_columns_stand_on_each_other_within_the_frame() -> None:
    data = {f"{hour:02}": [("good", "passed", hour), ("bad", "withheld", 100 - hour)] for hour in range(24)}
    chart = columns(data, every=3)
    assert len(chart.bars) == 47  # one layer is empty
    assert all(bar.x >= LEFT and bar.x + bar.width <= WIDTH - RIGHT + 0.1 for bar in chart.bars)
    assert all(bar.y >= TOP - 0.1 and bar.y + bar.height <= HEIGHT - BOTTOM + 0.1 for bar in chart.bars)
    passed, withheld = chart.bars[-2:]
    assert abs(passed.y + passed.height - (HEIGHT - BOTTOM)) < 0.2
    assert abs(withheld.y + withheld.height - passed.y) < 0.2
    assert [name for _, name in chart.names] == ["00", "03", "06", "09", "12", "15", "18", "21"]
    assert [text for _, text in chart.lines] == ["0", "50", "100"]


def test_nothing_is_a_chart_too() -> None:
    chart = columns({})
    assert (chart.bars, chart.names) == ([], [])
    assert [text for _, text in chart.lines] == ["0", "2", "4"]
    assert columns({"00": [("good", "", 0)]}).bars == []


def test_the_scale_reads_well() -> None:
    for number, top in ((5, "6"), (37, "40"), (101, "200"), (999, "1k"), (1_234_567, "2M")):
        assert columns({"": [("good", "", number)]}).lines[-1][1] == top


def test_numbers_are_short() -> None:
    assert [short(number) for number in (0, 999, 1_000, 1_234, 123_456, 5_000_000)] == [
        "0",
        "999",
        "1k",
        "1.2k",
        "123k",
        "5M",
    ]


def test_shares_are_of_the_largest_and_the_rest_is_one() -> None:
    counts = {f"reason-{n}": n for n in range(12)}
    rows = shares(counts, most=3)
    assert [(name, number) for name, number, _ in rows] == [
        ("reason-11", 11),
        ("reason-10", 10),
        ("reason-9", 9),
        ("8 others", 36),
    ]
    assert [percent for _, _, percent in rows] == [30.6, 27.8, 25.0, 100.0]
    assert shares({}) == []
