import numpy as np
import pytest
from facegate_addons.detection import centerface, yunet
from facegate_addons.detection.description import RULES, ModelError, parse
from facegate_addons.detection.network import DECODERS
from tiny_models import described

FINE = described(b"weights")


def refused(text: str) -> str:
    with pytest.raises(ModelError) as caught:
        parse(text, "f.toml")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("f.toml: ")
    return str(caught.value).removeprefix("f.toml: ")


def test_what_is_left_out_has_the_usual_value() -> None:
    it = parse(FINE, "f.toml")
    assert (it.input.mean, it.input.scale, it.input.multiple, it.input.batch) == ([0, 0, 0], [1, 1, 1], 32, True)
    assert (it.url, it.size, it.measured) == ("", None, "")
    assert it.outputs == list(RULES["yunet"].outputs)


def test_outputs_are_named_where_the_file_names_them_otherwise() -> None:
    it = parse(described(b"", decode='outputs = { obj_8 = "501" }'), "f.toml")
    assert it.outputs[:5] == ["cls_8", "cls_16", "cls_32", "501", "obj_16"]


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ("license =", "licence =", "unknown key licence; did you mean license?"),
        ("channels =", "chanels =", "unknown key input.chanels; did you mean input.channels?"),
        ("propose =", "proposal =", "unknown key scores.proposal; did you mean scores.propose?"),
        ("[decode]", 'outputs = { clss_8 = "a" }\n[decode]', "unknown key input.outputs"),
        ('rule = "yunet"', 'rule = "yunet"\noutputs = { clss_8 = "a" }', "did you mean decode.outputs.cls_8?"),
        ('rule = "yunet"', 'rule = "yunet"\noutputs = { cls_8 = 1 }', "decode.outputs.cls_8 has to be text, not 1"),
        ('source = "drawn by the tests"', "", "source is missing"),
        ("threshold = 0.5", "", "scores.threshold is missing"),
        ('"red"', '"../red"', "name has to be"),
        ('"red"', '"Red"', "name has to be"),
        ('"red"', '""', "name has to be"),
        ('sha256 = "', 'sha256 = "0', "sha256 has to be"),
        ("[input]", 'url = "ftp://example.org/x"\n[input]', "url has to begin with https:// or http://"),
        ("[input]", "size = 0\n[input]", "size has to be from 1 to"),
        ('"bgr"', '"gray"', 'input.channels has to be "rgb" or "bgr"'),
        ("[decode]", "mean = [1, 2]\n[decode]", "input.mean has to be three numbers"),
        ("[decode]", f"mean = [1, 2, {10**400}]\n[decode]", "input.mean has to be three numbers"),
        ("[decode]", "mean = [1, 2, nan]\n[decode]", "input.mean has to be three numbers"),
        ("[decode]", "scale = [1, 2, 0]\n[decode]", "input.scale has to be three numbers other than 0"),
        ("[decode]", "multiple = 16\n[decode]", "input.multiple has to be one of 32, up to 256, for the rule yunet"),
        ('"yunet"', '"yolo"', "decode.rule has to be one of centerface, yunet, not 'yolo'"),
        ("threshold = 0.5", "threshold = 1.5", "scores.threshold has to be over 0 and at most 1"),
        ("threshold = 0.5", "threshold = nan", "scores.threshold has to be over 0 and at most 1"),
        ("propose = 0.3", "propose = 0.95", "scores.propose has to be at most scores.obvious"),
        ("[input]", "[input", "not valid TOML"),
        ("[input]", "a = " + "[" * 9_999, "not valid TOML"),
    ],
)
def test_each_mistake_is_one_line(line: str, instead: str, says: str) -> None:
    assert line in FINE
    assert says in refused(FINE.replace(line, instead, 1))


def test_the_digest_is_of_what_changes_verdicts() -> None:
    plain = parse(FINE, "").digest
    assert parse(FINE.replace("drawn by", "written by"), "").digest == plain
    assert parse(FINE.replace("[decode]", "mean = [0, 0, 0.0]\n[decode]"), "").digest == plain
    for line, instead in (
        ("0.3", "0.31"),
        ("0.9", "0.91"),
        ('"bgr"', '"rgb"'),
        ("[decode]", "scale = [2, 1, 1]\n[decode]"),
    ):
        assert parse(FINE.replace(line, instead, 1), "").digest != plain


def test_the_rules_are_those_that_are_decoded() -> None:
    assert dict(DECODERS) == {"centerface": centerface, "yunet": yunet}
    assert set(RULES) == set(DECODERS)
    for name, (stride, outputs) in RULES.items():
        assert len(DECODERS[name].shapes(1, stride, stride)) == len(outputs)
        assert all(np.prod(shape) for shape in DECODERS[name].shapes(1, stride, stride))
