"""A network that sees faces: pictures in, what it saw of each out. The only import of onnxruntime."""

import os
from collections.abc import Mapping, Sequence
from typing import Protocol, Self

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is imported: else it writes an id and reports to its maker

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from facegate_addons.detection import centerface, providers, quantise, weights, yunet
from facegate_addons.detection.candidates import Look
from facegate_addons.detection.description import Description, Model, ModelError

CPU = "CPUExecutionProvider"


class Decoder(Protocol):
    """What the module of a decode rule has."""

    def shapes(self, n: int, height: int, width: int) -> list[tuple[int, ...]]:
        """Of each output, for `n` pictures of that size."""
        ...

    def looks(self, maps: Sequence[NDArray[np.float32]], height: int, width: int) -> list[Look]: ...


DECODERS: Mapping[str, Decoder] = {"centerface": centerface, "yunet": yunet}


class NotFinite(ArithmeticError):
    """The network gave NaN or infinity. Nothing exceeds a NaN, so it would pass for "no face"."""


class Misfit(ArithmeticError):
    """The network's output has not the shape that its decode rule takes."""


class Network:
    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        description: Description,
        provider: str,
        rough: onnxruntime.InferenceSession | None = None,
    ) -> None:
        """`rough` is the same network in 8-bit integers, where there is one."""
        self._session = session
        self._rough = rough or session
        self.rougher = self._rough is not session  # is a rough look another one than a full one?
        self._input = description.input
        self._outputs = description.outputs
        self._rule = DECODERS[description.decode.rule]
        self._mean, self._scale = (
            np.array(values, dtype=np.float32).reshape(3, 1, 1) for values in (self._input.mean, self._input.scale)
        )
        self._normalised = bool(self._mean.any() or (self._scale != 1).any())
        self.description = description
        self.versions: Mapping[str, str] = {
            "model": description.name,
            "weights": description.sha256,
            "description": description.digest,
            "provider": provider,  # always: each adds in an order of its own, so scores differ in their last digits
        }

    @classmethod
    def load(cls, model: Model, provider: str = "cpu") -> Self:
        """Reads and checks the weights, and looks once to see that they fit the description. Raises ModelError."""
        chosen = providers.choose(provider, onnxruntime.get_available_providers())
        data = weights.load(model)
        ranges = quantise.ranges(model.description.sha256) if chosen == CPU else None
        try:
            rough = session(quantise.quantise(data, ranges), CPU) if ranges else None
            network = cls(session(data, chosen), model.description, provider, rough)
            network._try()
        except (ModelError, MemoryError):
            raise
        except (NotFinite, Misfit) as error:
            rule = model.description.decode.rule
            raise ModelError(f"{model.weights}: does not fit the rule {rule}: {error}") from None
        except Exception as error:  # noqa: BLE001 - onnxruntime's errors have no base of their own
            raise ModelError(f"{model.weights}: onnxruntime cannot run it: {_line(error)}") from None
        return network

    def look(self, batch: NDArray[np.uint8], *, rough: bool = False) -> list[Look]:
        """What is seen in each picture of `batch`, (n, h, w, 3) RGB of any height and width.

        `rough` is good enough for "surely", "surely not" and "look closer", and takes two thirds of the time.
        Raises NotFinite and Misfit.
        """
        n, h, w = batch.shape[:3]
        high, wide = (-side % self._input.multiple + side for side in (h, w))
        blob = np.zeros((n, 3, high, wide), dtype=np.float32)
        ordered = batch if self._input.channels == "rgb" else batch[..., ::-1]
        blob[:, :, :h, :w] = ordered.transpose(0, 3, 1, 2)
        if self._normalised:
            blob -= self._mean
            blob *= self._scale
        maps = self._run(self._rough if rough else self._session, blob)
        expected = self._rule.shapes(n, high, wide)
        for name, numbers, shape in zip(self._outputs, maps, expected, strict=True):
            if numbers.shape != shape:
                raise Misfit(f"output {name} has the shape {numbers.shape} instead of {shape}")
            if not np.isfinite(numbers).all():
                raise NotFinite(f"output {name} has numbers that are none")
        return self._rule.looks(maps, high, wide)

    def _run(self, session: onnxruntime.InferenceSession, blob: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        if self._input.batch:
            return list(session.run(self._outputs, {self._input.name: blob}))
        single = [session.run(self._outputs, {self._input.name: one[None]}) for one in blob]
        return [np.concatenate(maps) for maps in zip(*single, strict=True)]

    def _try(self) -> None:
        """A picture that is not square, one of another size, and then two at once."""
        side = self._input.multiple
        pictures = np.full((2, 2 * side, 3 * side, 3), 127, np.uint8)
        self.look(pictures[:1])
        self.look(np.zeros((1, 3 * side, side, 3), np.uint8))
        try:
            self.look(pictures)
        except Exception as error:  # noqa: BLE001 - as in `load`
            raise Misfit(f"it takes one picture at a time; write batch = false in [input] ({_line(error)})") from None


def session(network: bytes, provider: str) -> onnxruntime.InferenceSession:
    """`provider` is onnxruntime's name for it. Raises ModelError when the network would be computed elsewhere.

    onnxruntime goes on with the CPU when a provider fails to start, and when it takes none of the network's operators.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the unit of parallelism
    options.enable_mem_pattern = False  # shapes change with each picture
    options.log_severity_level = 3
    if provider == CPU:
        return onnxruntime.InferenceSession(network, options, providers=[CPU])
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    made = onnxruntime.InferenceSession(network, options, providers=[provider], enable_fallback=0)
    if provider not in made.get_providers():
        raise ModelError(f"onnxruntime could not start {provider}; is its driver installed, and a device there?")
    # told since onnxruntime 1.24 (#26781); before, a provider that started is all that is known
    if hasattr(made, "get_provider_graph_assignment_info") and provider not in {
        part.ep_name for part in made.get_provider_graph_assignment_info()
    }:
        raise ModelError(f"onnxruntime would compute all of the network on the CPU: {provider} takes none of it")
    return made


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
