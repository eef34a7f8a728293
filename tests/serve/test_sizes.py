import pytest
from facegate import config
from facegate.serve import sizes


@pytest.mark.parametrize(
    ("cores", "workers", "expected"),
    [
        (1, "auto", (1, 1)),
        (2, "auto", (2, 1)),
        (4, "auto", (2, 2)),
        (8, "auto", (3, 2)),
        (16, "auto", (5, 3)),
        (8, 2, (2, 4)),
        (2, 4, (4, 1)),
    ],
)
def test_the_cores_are_shared_among_the_gateways(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int | str, expected: tuple[int, int]
) -> None:
    monkeypatch.setattr(sizes, "cores", lambda: cores)
    listen = config.load(listen__workers=workers).listen
    count = sizes.gateways(listen)
    assert (count, sizes.inspectors(listen, count)) == expected


def test_what_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "cores", lambda: 64)
    listen = config.load(listen__workers="auto", listen__inspectors=3).listen
    assert sizes.inspectors(listen, sizes.gateways(listen)) == 3
    tunnels = config.load(listen__workers="auto", listen__mode="wireguard", identity__required=True).listen
    assert sizes.gateways(tunnels) == 1
