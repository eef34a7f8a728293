import pytest
from facegate_addons.detection.description import ModelError
from facegate_addons.detection.providers import PROVIDERS, choose

WITH_GPU = ["CUDAExecutionProvider", "CPUExecutionProvider"]


def test_a_provider_that_is_there() -> None:
    assert choose("cpu", WITH_GPU) == "CPUExecutionProvider"
    assert choose("cuda", WITH_GPU) == "CUDAExecutionProvider"


@pytest.mark.parametrize(
    ("name", "package"),
    [("cuda", "onnxruntime-gpu"), ("openvino", "onnxruntime-openvino"), ("coreml", "onnxruntime for macOS")],
)
def test_one_that_is_not_says_what_is_and_what_to_install(name: str, package: str) -> None:
    with pytest.raises(ModelError) as caught:
        choose(name, ["AzureExecutionProvider", "CPUExecutionProvider"])
    assert str(caught.value) == (
        f'detector.provider = "{name}" is not in the installed onnxruntime, which has cpu; '
        f"install {package} in place of onnxruntime, or choose another provider"
    )


def test_onnxruntime_knows_these_names() -> None:
    import onnxruntime

    assert {runtime for runtime, _ in PROVIDERS.values()} <= set(onnxruntime.get_all_providers())
