import dataclasses

from facegate.checks import WORKER_MEMORY_MIN
from facegate.config import load
from facegate_addons.domain.limits import Limits


def test_every_limit_can_be_set(tmp_path):
    values = {field.name: 7 for field in dataclasses.fields(Limits)} | {"worker_memory": WORKER_MEMORY_MIN}
    file = tmp_path / "facegate.toml"
    file.write_text("[limits]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))
    assert dataclasses.asdict(load(file).limits) == values
