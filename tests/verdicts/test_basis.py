from dataclasses import replace

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.verdicts.basis import basis, code
from facegate_addons.workers.protocol import WorkerSettings

SETTINGS = WorkerSettings()
VERSIONS = {"model": "centerface", "views": "1"}
MODEL = SETTINGS.model


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, limits=Limits(frames=7)),
        replace(SETTINGS, model=replace(MODEL, description=replace(MODEL.description, sha256="0" * 64))),
        replace(SETTINGS, threshold=0.5),
        replace(SETTINGS, min_face=21),
        replace(SETTINGS, provider="cuda"),
        replace(SETTINGS, scores=True),
    ],
    ids=["limits", "model", "threshold", "min_face", "provider", "scores"],
)
def test_each_setting_counts(other):
    assert basis(other, VERSIONS) != basis(SETTINGS, VERSIONS)


def test_what_the_workers_say_of_themselves_counts():
    assert basis(SETTINGS, VERSIONS | {"views": "2"}) != basis(SETTINGS, VERSIONS)


def test_where_the_weights_lie_does_not():
    moved = replace(SETTINGS, model=replace(MODEL, weights="/elsewhere/weights.onnx"))
    assert basis(moved, VERSIONS) == basis(SETTINGS, dict(reversed(VERSIONS.items())))


@pytest.fixture
def anew(monkeypatch):
    """The digest of the code, of other files and other libraries."""

    def digest(**names: object) -> str:
        for name, value in names.items():
            monkeypatch.setattr(f"facegate_addons.verdicts.basis.{name}", value)
        code.cache_clear()
        return code()

    yield digest
    monkeypatch.undo()
    code.cache_clear()


def test_the_code_and_its_libraries_count(anew, tmp_path):
    module = tmp_path / "inspection" / "video" / "frames.py"
    module.parent.mkdir(parents=True)
    module.write_text("STEP = 1\n")
    first = anew(_PACKAGE=tmp_path)
    module.write_text("STEP = 2\n")
    assert (second := anew()) != first
    module.rename(module.with_name("other.txt"))
    assert (third := anew()) != second
    assert anew(_version=lambda _name: "99") != third


def test_the_real_code_is_found():
    assert code() == code()
    assert basis(SETTINGS, {}) == basis(WorkerSettings(), {})
