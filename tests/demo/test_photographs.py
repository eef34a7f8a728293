import io
from collections.abc import Mapping
from importlib import metadata

import pytest
from facegate.demo import photographs as module
from facegate.demo.photographs import Photograph
from facegate.errors import HomeError
from PIL import Image


def test_some_have_a_face_and_some_have_none(pictures: Mapping[str, Photograph]) -> None:
    assert {it.face for it in pictures.values()} == {True, False}
    assert pictures["astronaut"].image.size == (512, 512)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_they_are_written_without_metadata(pictures: Mapping[str, Photograph], kind: str) -> None:
    with Image.open(io.BytesIO(pictures["chelsea"].encoded(kind))) as image:
        assert image.format == kind
        assert not image.getexif()


def test_where_they_are_missing_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", nothing)
    with pytest.raises(HomeError, match=r"pip install 'facegate\[demo\]'"):
        module.photographs()


def test_a_file_that_is_damaged_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FILES", {"README.txt": ("no photograph", False)})
    with pytest.raises(HomeError, match=r"README\.txt is no photograph"):
        module.photographs()
