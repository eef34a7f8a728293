from collections import Counter

from facegate.reports.largest import Largest


def test_the_largest_are_found_among_any_number_of_names() -> None:
    counts, largest = Counter({f"large-{n}": 1000 + n for n in range(5)}), Largest(kept=10)
    names = [*counts.elements(), *(f"small-{n}" for n in range(3000))]
    for at in range(len(names)):  # one of each in turn, as a crawl goes
        largest.add(names[at * 7919 % len(names)])
    for (name, least), (true_name, true) in zip(largest.most(5), counts.most_common(5), strict=True):
        assert name == true_name
        assert least <= true <= least + largest.missed
    assert largest.missed > 0
    assert len(largest.most(1000)) <= 20


def test_few_names_are_counted_exactly() -> None:
    largest = Largest(kept=2)
    for name in "aabbbcd":
        largest.add(name)
    assert (largest.most(3), largest.missed) == ([("b", 3), ("a", 2), ("c", 1)], 0)
