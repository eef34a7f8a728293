"""The glue: a hook for mitmdump that looks at pictures with OpenCV's YuNet, as one writes it in an afternoon.

`mitmdump -s glue.py --set yunet=FILE.onnx`. Pictures are reduced to a longest side of 640; one with a face is a 451.
"""

import cv2
import numpy as np
from mitmproxy import ctx, http
from mitmproxy.addonmanager import Loader

SIDE = 640


class Glue:
    def load(self, loader: Loader) -> None:
        loader.add_option("yunet", str, "", "YuNet's weights, an ONNX file with free sizes.")

    def running(self) -> None:
        self._network = cv2.FaceDetectorYN.create(ctx.options.yunet, "", (SIDE, SIDE))

    def response(self, flow: http.HTTPFlow) -> None:
        if flow.response is None or not flow.response.headers.get("Content-Type", "").startswith("image/"):
            return
        picture = cv2.imdecode(np.frombuffer(flow.response.content or b"", np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return
        height, width = picture.shape[:2]
        scale = min(1.0, SIDE / max(height, width))
        size = (round(width * scale), round(height * scale))
        self._network.setInputSize(size)
        _, faces = self._network.detect(cv2.resize(picture, size) if scale < 1 else picture)
        if faces is not None:
            flow.response = http.Response.make(451)


addons = [Glue()]
