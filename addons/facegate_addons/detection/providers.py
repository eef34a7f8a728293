"""Where a network is computed: the settings' names of onnxruntime's execution providers, and the packages with them."""

from collections.abc import Sequence

from facegate_addons.detection.description import ModelError

# name -> onnxruntime's name, and the distribution that has it
PROVIDERS = {
    "cpu": ("CPUExecutionProvider", "onnxruntime"),
    "cuda": ("CUDAExecutionProvider", "onnxruntime-gpu"),
    "openvino": ("OpenVINOExecutionProvider", "onnxruntime-openvino"),
    "coreml": ("CoreMLExecutionProvider", "onnxruntime for macOS"),
}


def choose(name: str, available: Sequence[str]) -> str:
    """onnxruntime's name of a provider that is among the `available` ones. Raises ModelError."""
    wanted, package = PROVIDERS[name]
    if wanted in available:
        return wanted
    there = [known for known, (runtime, _) in PROVIDERS.items() if runtime in available]
    raise ModelError(
        f'detector.provider = "{name}" is not in the installed onnxruntime, which has {", ".join(there) or "none"}; '
        f"install {package} in place of onnxruntime, or choose another provider"
    )
