"""A network that sees faces: pictures in, what it saw of each out. The only import of onnxruntime."""

from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from facegate_addons.detection import centerface, weights
from facegate_addons.detection.candidates import Look

MULTIPLE = 32  # the network halves its input five times


class NotFinite(ArithmeticError):
    """The network gave NaN or infinity. Nothing exceeds a NaN, so it would pass for "no face"."""


class Network:
    def __init__(self, session: onnxruntime.InferenceSession, model: weights.Weights) -> None:
        self._session = session
        self.model = model

    @classmethod
    def load(cls, model: str) -> Self:
        """Raises WeightsError."""
        described, network = weights.load(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers are the unit of parallelism
        options.enable_mem_pattern = False  # shapes change with each picture
        options.log_severity_level = 3
        return cls(onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"]), described)

    def look(self, batch: NDArray[np.uint8]) -> list[Look]:
        """What is seen in each picture of `batch`, (n, h, w, 3) RGB of any height and width. Raises NotFinite."""
        n, h, w = batch.shape[:3]
        high, wide = -h % MULTIPLE + h, -w % MULTIPLE + w
        blob = np.zeros((n, 3, high, wide), dtype=np.float32)
        blob[:, :, :h, :w] = batch.transpose(0, 3, 1, 2)
        maps = self._session.run(list(weights.OUTPUTS), {weights.INPUT: blob})
        if not all(np.isfinite(numbers).all() for numbers in maps):
            raise NotFinite
        return centerface.looks(maps, high, wide)
