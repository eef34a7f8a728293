import pytest
from facegate.quarantine.places import place_of


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://my.bucket-1/a/b_c/", ("my.bucket-1", "a/b_c")),
    ],
)
def test_places(url: str, place: tuple[str, str]) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url",
    ["", "file:/x", "S4://bucket", "s3://", "s3://B", "s3://me:S3CRET@bucket", "s3://bucket/../x", "s3://bucket/a//b",
     "s3://bucket/ä", "s3://bucket/a?S3CRET", "s3://bucket#S3CRET"],
)  # fmt: skip
def test_what_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="s3://BUCKET/PREFIX") as raised:
        place_of(url)
    assert "S3CRET" not in str(raised.value)
