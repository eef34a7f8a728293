from collections.abc import Mapping

import pytest
from facegate.demo.photographs import Photograph, photographs
from facegate.demo.site import Resource, resources


@pytest.fixture(scope="session")
def pictures() -> Mapping[str, Photograph]:
    return photographs()


@pytest.fixture(scope="session")
def found(pictures: Mapping[str, Photograph]) -> Mapping[str, Resource]:
    return resources(pictures)
