import json
import subprocess
import sys

from facegate.serve.arguments import GatewayArguments


def test_what_the_supervisor_says_is_what_the_gateway_reads() -> None:
    arguments = GatewayArguments("/etc/facegate.toml", {"listen__workers": 2}, 1, 8080, [8080, 8081])
    assert GatewayArguments(**json.loads(arguments.to_json())) == arguments


def test_the_process_that_starts_the_others_is_quick_to_start_itself() -> None:
    asked = "import sys, facegate.commands.serve; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout.decode().split()
    assert not {"mitmproxy", "onnxruntime", "numpy", "starlette", "redis"} & set(modules)
