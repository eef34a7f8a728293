import pytest
from facegate.sections import State
from facegate.serve.services import services


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:", set()),
        ("redis://127.0.0.1", {("127.0.0.1", 6379)}),
        ("rediss://:secret@[::1]:7000/1", {("::1", 7000)}),
        ("redis+sentinel://127.0.0.1,127.0.0.2:5/main", {("127.0.0.1", 26379), ("127.0.0.2", 5)}),
        ("redis://nowhere.invalid:6379", set()),
    ],
)
def test_each_host_of_the_state_by_its_addresses(url: str, found: set[tuple[str, int]]) -> None:
    assert services(State(url)) == found
