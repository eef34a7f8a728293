"""Is a file what onnxruntime may be given: one whole ONNX network of standard operators, that refers to no other file?

onnxruntime would open the files that a network names, and takes operators of other domains from libraries. Nothing of
a network is run here.
"""

from collections.abc import Iterator

import onnx
from google.protobuf.message import DecodeError, Message

from facegate_addons.detection.description import ModelError

STANDARD = ("", "ai.onnx")  # two names of the one domain that the ONNX standard describes


def network(data: bytes, where: str) -> onnx.ModelProto:
    """The network that `data` holds. Raises ModelError with one line that begins with `where`."""
    try:
        model = onnx.load_from_string(data)
    except DecodeError:
        raise ModelError(f"{where}: is no ONNX file") from None
    domains = {opset.domain for opset in model.opset_import}
    for message in _messages(model):
        if isinstance(message, onnx.NodeProto):
            domains.add(message.domain)
        elif isinstance(message, onnx.FunctionProto):
            domains.add(message.domain or "functions of its own")
        elif isinstance(message, onnx.TensorProto) and (
            message.external_data or message.data_location == onnx.TensorProto.EXTERNAL
        ):
            raise ModelError(f"{where}: keeps weights in other files; save them within it (onnx.save_model does)")
    if foreign := sorted(domains.difference(STANDARD)):
        raise ModelError(f"{where}: has operators that are not ONNX's own ({', '.join(foreign)}); export it without")
    try:
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"{where}: is no valid ONNX network: {reason}") from None
    return model


def _messages(message: Message) -> Iterator[Message]:
    """A message and all in it, graphs within nodes too. How deep they nest is bounded by protobuf's own reader."""
    yield message
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else (value,):
                yield from _messages(inner)
