import pytest
from facegate.jobs.rules import Rules


@pytest.mark.parametrize(
    ("value", "size"),
    [
        *((1, 1), (2_000_000_000, 2 * 10**9), ("2GB", 2 * 10**9), ("2 GB", 2 * 10**9), ("512MiB", 512 << 20)),
        *(("1kB", 1_000), ("1kiB", 1_024), ("3TB", 3 * 10**12)),
    ],
)
def test_sizes(changed, read, value, size):
    assert read(changed("scope.max_bytes", value)).scope.max_bytes == size


@pytest.mark.parametrize("value", ["2", "2gb", "0GB", "-1GB", "2.5GB", "1e3", "2KB", "٢GB", "9999999999GB", ""])
def test_no_sizes(changed, wrong, value):
    (line,) = wrong(changed("scope.max_bytes", value))
    assert line == f'scope.max_bytes has to be bytes, like 2000000000, or "2GB" or "512MiB", not {value!r}'


@pytest.mark.parametrize("key", ["max_releases", "max_faces", "max_responses", "max_bytes"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, 1 << 53])
def test_budgets_are_whole_numbers_from_one_on(changed, wrong, key, value):
    assert wrong(changed(f"scope.{key}", value))[0].startswith(f"scope.{key} has to be a whole number from 1 on")


def test_a_targeted_job_has_a_budget_of_releases(changed, wrong):
    assert wrong(changed("scope.max_releases", ...)) == [
        "scope.max_releases is missing; write how many responses with faces may pass before it stops, like 500"
    ]


def test_budgets_have_a_ceiling(changed, wrong, read):
    assert read(changed("scope.max_releases", 100_000)).scope.max_releases == 100_000
    assert wrong(changed("scope.max_releases", 11), Rules(releases_max=10)) == [
        "scope.max_releases is 11, and 10 is the most that one job may have"
    ]
