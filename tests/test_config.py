from datetime import timedelta
from pathlib import Path

import pytest
import tiny_models
from facegate.config import Config, default_home, is_loopback, load
from facegate.errors import ConfigError
from facegate.jobs.rules import Rules
from facegate_addons.detection.builtin import builtin
from facegate_addons.domain.model import Action
from settings_files import loading


def test_the_defaults_are_a_whole_configuration() -> None:
    config = load()
    assert config == Config(home=default_home())
    assert (config.loopback_only, config.identity_required, config.private_allowed) == (True, False, True)
    assert (config.gate_policy.faces, config.gate_policy.unreadable) == (Action.QUARANTINE, Action.QUARANTINE)


def test_the_rules_of_jobs(tmp_path: Path) -> None:
    assert load().job_rules == Rules()
    path = tmp_path / "facegate.toml"
    path.write_text('[jobs]\nlongest = "30d"\ngroup_max = 5\nhosts_max = 6\nreleases_max = 7\nconditions = "required"')
    assert load(path).job_rules == Rules(timedelta(days=30), 5, 6, 7, conditions_required=True)


def test_every_documented_section_is_read(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text(
        f"""
home = "{tmp_path}/home"
[listen]
host = "0.0.0.0"
port = 3128
workers = 2
mode = "regular"
[policy]
mode = "observe"
faces = "drop"
unreadable = "drop"
[detector]
threshold = 0.5
min_face = 32
[limits]
seconds = 5
[state]
url = "sqlite:"
[vault]
keep = "7d"
key = {{ env = "KEY" }}
[console]
port = 0
[egress]
ports = [443, "8000-8100"]
"""
    )
    config = load(path)
    assert config.source == path
    assert (config.listen.port, config.console.port, config.vault.keep_for.days) == (3128, 0, 7)
    assert (config.identity_required, config.private_allowed) == (True, False)
    assert config.limits.seconds == 5.0
    assert config.gate_policy.faces is Action.DROP
    assert config.gate_policy.observes
    assert not load().gate_policy.observes


def test_the_job_files_lie_under_home_or_beside_the_configuration(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert load(home=str(home)).jobs_folder == home / "jobs.d"
    path = tmp_path / "facegate.toml"
    path.write_text("")
    assert load(path, home=str(home)).jobs_folder == home / "jobs.d"
    path.write_text('[jobs]\nfolder = "declared"\n')
    assert load(path, home=str(home)).jobs_folder == tmp_path / "declared"
    assert load(home=str(home), jobs__folder="declared").jobs_folder == home / "declared"
    path.write_text('[jobs]\nfolder = "/etc/facegate/jobs.d"\n')
    assert load(path, home=str(home)).jobs_folder == Path("/etc/facegate/jobs.d")


def test_the_command_line_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text("[listen]\nport = 3128\n")
    config = load(path, listen__port=0, listen__host=None, home=str(tmp_path))
    assert (config.listen.port, config.listen.host, config.home) == (0, "127.0.0.1", tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[listne]\nport = 1", "unknown key listne; did you mean listen?"),
        ("[listen]\nprot = 1", "unknown key listen.prot; did you mean listen.port?"),
        ("[limits]\npixel = 1", "unknown key limits.pixel; did you mean limits.pixels?"),
        ('[jobs]\nlongest = "1y"', "jobs.longest: '1y' is no duration"),
        ('[jobs]\nlongest = "0d"', "jobs.longest has to be from 1s to 3660d"),
        ('[jobs]\nlongest = "999999d"', "jobs.longest has to be from 1s to 3660d"),
        ("[jobs]\ngroup_max = 1", "jobs.group_max has to be from 2 to 1000 members"),
        ("[jobs]\nhosts_max = 1001", "jobs.hosts_max has to be from 1 to 1000 hosts"),
        ("[jobs]\nreleases_max = 0", "jobs.releases_max has to be at least 1"),
        ('[jobs]\nconditions = "maybe"', 'jobs.conditions has to be "optional" or "required"'),
        ("[sample]\nrates = 1", "unknown key sample.rates; did you mean sample.rate?"),
        ("[sample]\nrate = 1.5", "sample.rate has to be a share from 0 (off) to 1, like 0.001, not 1.5"),
        ("[sample]\nrate = -0.1", "sample.rate has to be a share from 0 (off) to 1"),
        ("[sample]\nrate = nan", "sample.rate has to be a share from 0 (off) to 1"),
        ('[sample]\nkeep = "long"', "sample.keep: 'long' is no duration"),
        ('[sample]\nkeep = "31d"', "sample.keep has to be from 1s to 30d"),
        ("[sample]\nmost = 0", "sample.most has to be from 1 to 100000"),
        ("zzzzzz = 1", "unknown key zzzzzz; known here: home, listen"),
        ("source = 'x'", "unknown key source"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, says: str) -> None:
    assert loading(tmp_path, text).startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("listen = 1", "listen has to be a table, written [listen]"),
        ("[listen]\nport = '80'", "listen.port has to be a whole number, not text"),
        ("[listen]\nport = true", "listen.port has to be a whole number, not True"),
        ("[listen]\nhost = 1", "listen.host has to be text, not 1"),
        ("home = 1", "home has to be a path, not 1"),
        ("[identity]\nrequired = 1", "identity.required has to be true or false, not 1"),
        ("[detector]\nthreshold = 'high'", "detector.threshold has to be a number, not text"),
        ("[egress]\nports = 80", "egress.ports has to be a list, not 80"),
        ("[vault]\nkey = 'secret'", "vault.key has to be a table, not text"),
    ],
)
def test_a_wrong_type_says_what_is_wanted(tmp_path: Path, text: str, says: str) -> None:
    assert loading(tmp_path, text) == says


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("mode", ["transparent", "wireguard"])
def test_a_loopback_address_is_no_promise_where_others_are_brought_to_it(mode: str) -> None:
    config = load(listen__mode=mode, identity__required=True)
    assert (config.loopback_only, config.private_allowed) == (False, False)


def test_behind_a_load_balancer_a_loopback_address_is_no_promise_either() -> None:
    config = load(listen__proxy_protocol=["127.0.0.1/32"])
    assert (config.loopback_only, config.identity_required, config.private_allowed) == (False, True, False)


def test_the_password_of_a_proxy_is_in_no_repr_and_no_error(tmp_path: Path) -> None:
    config = load(listen__mode="upstream:http://me:secret@proxy:3128")
    assert "secret" not in repr(config)
    assert "secret" not in loading(tmp_path, "[listen]\nmode = 'upstream:http://me:secret@proxy:3128/path'")
    assert "secret" not in loading(tmp_path, "[listen]\nmode = 'upsteam:http://me:secret@proxy:3128'")


@pytest.mark.parametrize(
    "text",
    [
        "[vault]\nkey = 'secret'",
        "[vault]\nkey = { value = 'secret' }",
        "[vault]\nold = ['secret']",
        "[listen]\nupstream_auth = 'me:secret'",
        "[listen]\nmode = ['upstream:http://me:secret@proxy:3128']",
    ],
)
def test_what_stands_in_place_of_a_secrets_whereabouts_is_not_repeated(tmp_path: Path, text: str) -> None:
    said = loading(tmp_path, text)
    assert "secret" not in said
    assert " has to be " in said


def test_every_key_of_the_outside_contract_loads(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text(
        f"""
home = "{tmp_path}/home"
listen = {{ host = "127.0.0.1", port = 8080, workers = 1, mode = "regular" }}
identity = {{ required = true, sources = {{}} }}
policy = {{ mode = "enforce", faces = "quarantine", unreadable = "quarantine" }}
detector = {{ model = "centerface", threshold = 0.5, min_face = 20, provider = "cpu" }}
limits = {{ body = 1, decoded = 1, pixels = 1, frames = 1, depth = 1, members = 1, seconds = 1, head = 1 }}
state = {{ url = "sqlite:" }}
vault = {{ url = "file:", key = {{ file = "key" }}, keep = "30d" }}
console = {{ host = "127.0.0.1", port = 8081 }}
metrics = {{ host = "127.0.0.1", port = 0 }}
"""
    )
    assert load(path).metrics.host == "127.0.0.1"


def test_workers_are_told_limits_and_detector(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text('[detector]\nthreshold = 0.5\nmin_face = 32\nprovider = "cuda"\n[limits]\ndepth = 3\n')
    told = load(path).worker_settings
    assert (told.model, told.provider) == (builtin(), "cuda")
    assert (told.threshold, told.min_face, told.limits.depth) == (0.5, 32, 3)


def test_an_added_model_is_found_under_home(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text('home = "home"\n[detector]\nmodel = "red"\n')
    config = load(path, home=str(tmp_path))
    with pytest.raises(ConfigError, match=r"^detector.model = \"red\" is not installed; installed: centerface; add it"):
        _ = config.worker_settings
    folder = tmp_path / "models" / "red"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(tiny_models.described(b"weights"))
    assert config.worker_settings.model.weights == str(folder / "weights.onnx")


def test_an_override_of_what_is_no_table_is_the_files_mistake(tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text("listen = 1\n")
    with pytest.raises(ConfigError, match="listen has to be a table"):
        load(file, listen__port=0)
