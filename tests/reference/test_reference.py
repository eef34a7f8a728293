"""Free pictures, and what must come out of the inspection. README.md says how to add one."""

from collections.abc import Callable

import pytest
from facegate_addons.detection import closer, exposure, views
from facegate_addons.detection.faces import FaceDetector
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Verdict
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.sniff import sniff
from facegate_addons.inspection.stills.pictures import pictures
from facegate_addons.inspection.walk import inspect
from reference.derivations import DERIVATIONS
from reference.manifests import FOLDERS, HERE, LICENCES, Case, cases

# under these a picture may be kept and changed here
FREE = ("public domain", "CC0", "CC BY 2.0", "CC BY-SA 2.0", "CC BY-SA 3.0", "CC BY 4.0", "CC BY-SA 4.0")
TOTAL = 3 << 20  # bytes of all pictures: every clone carries them
ALL = {folder: cases(folder) for folder in FOLDERS}
# ways of looking, and how to do without
WITHOUT: dict[str, tuple[object, str, Callable[..., object]]] = {
    "fine pass": (views, "fine", views.coarse),  # no larger than the coarse one, and so left out
    "tiles": (views, "tiles", lambda *_: iter(())),
    "unsquashed": (views, "unsquashed", lambda _view: None),
    "lifted": (exposure, "lift", lambda _rgb: None),
    "closer": (closer, "again", lambda proposal, *_: proposal.score),
    "turned": (closer, "_turned", lambda _proposal, upright, _show: upright[None]),
}


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector.load()


def word(verdict: Verdict) -> str:
    return "faces" if isinstance(verdict, Faces) else "clear" if isinstance(verdict, Clear) else "unreadable"


def looked_at(case: Case, detector: FaceDetector) -> str:
    return word(inspect(Payload(case.content()), detector, Limits()))


@pytest.mark.parametrize("case", [*ALL["faces"], *ALL["nofaces"], *ALL["fixed"]], ids=str)
def test_it_comes_out_as_it_must(case: Case, detector: FaceDetector) -> None:
    assert looked_at(case, detector) == case.expect, case.was


@pytest.mark.parametrize("case", ALL["mistakes"], ids=str)
def test_a_known_mistake(case: Case, detector: FaceDetector) -> None:
    if looked_at(case, detector) == case.expect:
        pytest.fail(f"solved: move {case} from mistakes/manifest.toml to fixed/manifest.toml", pytrace=False)
    pytest.xfail(case.why)


def those_with(key: str) -> list[Case]:
    return [case for folder in ("faces", "fixed") for case in ALL[folder] if getattr(case, key)]


@pytest.mark.parametrize("case", those_with("only"), ids=str)
def test_only_one_way_of_looking_finds_it(case: Case, detector: FaceDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*WITHOUT[case.only])
    assert looked_at(case, detector) == "clear", f"found without {case.only}, too"


def test_every_way_of_looking_has_its_picture() -> None:
    assert {case.only for case in those_with("only")} == WITHOUT.keys()


@pytest.mark.parametrize("case", those_with("once"), ids=str)
def test_only_one_of_the_pictures_that_a_file_shows_has_it(case: Case, detector: FaceDetector) -> None:
    data = case.content()
    found = [bool(detector.detect(shown)) for shown in pictures(sniff(data), data, Budget(Limits()), detector.min_face)]
    assert len(found) > 1
    assert sum(found) == 1


def test_every_picture_has_a_free_licence_and_an_author() -> None:
    for name, entry in LICENCES.items():
        assert entry["licence"] in FREE, name
        assert entry["author"], name
        assert entry["source"].startswith("https://"), name
        assert ("file" in entry) != ("skimage" in entry), name
        assert "skimage" in entry or entry["changes"], name


def test_every_file_is_licensed_and_every_licence_has_its_file() -> None:
    files = {path for folder in FOLDERS for path in (HERE / folder).iterdir() if path.name != "manifest.toml"}
    assert files == {HERE / entry["file"] for entry in LICENCES.values() if "file" in entry}
    assert sum(path.stat().st_size for path in files) < TOTAL


def test_every_case_is_there_once_and_everything_is_used() -> None:
    every = [case for folder in FOLDERS for case in ALL[folder]]
    assert len({str(case) for case in every}) == len(every)
    assert {case.of for case in every} == LICENCES.keys()
    assert {case.by for case in every if case.by} == DERIVATIONS.keys()
    assert {case.expect for case in every} <= {"faces", "clear", "unreadable"}


def test_mistakes_say_why_and_what_is_fixed_says_what_it_was() -> None:
    assert all(case.why for case in ALL["mistakes"])
    assert all(case.was for case in ALL["fixed"])
