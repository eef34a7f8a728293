import pytest
from facegate.shared.address import address


@pytest.mark.parametrize(
    ("url", "shown", "hosts"),
    [
        ("redis://cache", "redis://cache:6379", (("cache", 6379),)),
        ("rediss://me:S3CRET@cache:7000/3", "rediss://cache:7000/3", (("cache", 7000),)),
        ("redis://:S3CRET@[::1]:7000", "redis://[::1]:7000", (("::1", 7000),)),
        (
            "redis+sentinel://me:S3CRET@one,two:7000/main/2",
            "redis+sentinel://one:26379,two:7000/main/2",
            (("one", 26379), ("two", 7000)),
        ),
        ("rediss+cluster://one,two", "rediss+cluster://one:6379,two:6379", (("one", 6379), ("two", 6379))),
    ],
)
def test_what_it_says_without_what_it_hides(url: str, shown: str, hosts: tuple[tuple[str, int], ...]) -> None:
    found = address(url)
    assert str(found) == shown
    assert found.hosts == hosts
    assert found.tls == url.startswith("rediss")
    assert "S3CRET" not in repr(found)


def test_credentials_may_hold_anything_escaped() -> None:
    found = address("redis://a%40b:p%2Fw%3A%23@cache")
    assert (found.user, found.password) == ("a@b", "p/w:#")
    assert address("redis://:only@cache").user == ""


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://me:S3CRET@db", "has to be"),
        ("redis", "has to be"),
        ("redis://me:S3CRET@", "needs a host"),
        ("redis://me:S3CRET@cache:0", "needs a host"),
        ("redis://me:S3CRET@cache:99999", "needs a host"),
        ("redis://me:S3CRET@a,b", "several hosts"),
        ("redis://me:S3CRET@cache/main", "path"),
        ("redis://me:S3CRET@cache/1/2", "path"),
        ("redis+cluster://me:S3CRET@cache/1", "path"),
        ("redis+sentinel://me:S3CRET@cache", "name of the group"),
        ("redis://me:S3CRET@cache?db=1", "no ?"),
        ("redis://me:S3C#RET@cache", "no ?"),
        ("redis://me:S3CRET@[::1", "is no URL"),
    ],
)
def test_what_it_cannot_be(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")) as caught:
        address(url)
    assert "S3C" not in str(caught.value)
