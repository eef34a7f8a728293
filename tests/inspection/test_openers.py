from facegate_addons.inspection.openers import OPENERS, opener


def test_every_opener_is_there() -> None:
    for kind in OPENERS:
        assert callable(opener(kind)), kind
    assert opener("no such kind") is None
