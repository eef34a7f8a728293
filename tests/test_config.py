from datetime import timedelta
from pathlib import Path

import pytest
import tiny_models
from facegate.ca import prepare
from facegate.config import Config, default_home, is_loopback, load, port_ranges
from facegate.errors import ConfigError
from facegate.jobs.rules import Rules
from facegate_addons.detection.builtin import builtin
from facegate_addons.domain.model import Action


def loading(tmp_path: Path, text: str) -> str:
    """The one line that loading `text` ends with."""
    path = tmp_path / "facegate.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[listen]\nport = 65536", "listen.port has to be from 0 to 65535"),
        ("[console]\nport = -1", "console.port has to be from 0 to 65535"),
        ("[listen]\nworkers = 0", "listen.workers has to be from 1"),
        ("[listen]\nmode = 'reverse'", "listen.mode has to be one of"),
        ("[listen]\nmode = 'socks5:x'", 'listen.mode = "socks5" takes nothing behind it'),
        ("[listen]\nmode = 'upstream:ftp://x'", "listen.mode has to be upstream:http://HOST:PORT or"),
        ("[listen]\nmode = 'transparent'", "clients name no job there; set identity.sources, or"),
        ("[listen]\nmode = 'wireguard'\nworkers = 2", "has one process: set listen.workers = 1, not 2"),
        ("[policy]\nmode = 'watch'", "policy.mode has to be"),
        ("[policy]\nfaces = 'pass'", "policy.faces has to be one of"),
        ("[policy]\ncover = 'blur'", "policy.cover has to be solid or mosaic, not 'blur'"),
        ("[policy]\nunreadable = 'redact'", "policy.unreadable has to be"),
        (
            "[identity]\nsources = { '10.0.0.1/8' = 'a' }",
            "identity.sources: '10.0.0.1/8' is no network; write 10.0.0.0/8",
        ),
        (
            "[identity]\nsources = { '10.0.0.0/8' = 1 }",
            "identity.sources: '10.0.0.0/8' has to stand for the id of a job",
        ),
        ("[identity.certificates]\nabc = 'a'", "identity.certificates: 'abc' is no SHA-256 fingerprint"),
        ("[identity]\nsignature_life = '2h'", "identity.signature_life has to be from 1s to 1h"),
        ("[identity]\nsignature_life = 'long'", "identity.signature_life: 'long' is no duration"),
        ("[identity]\nlongest_delay = '9s'", "identity.longest_delay has to be from 0s to 8s"),
        ("[detector]\nmodel = '../yunet'", "detector.model has to be the name of a model"),
        ("[detector]\nprovider = 'gpu'", "detector.provider has to be one of cpu, cuda, openvino, coreml, not 'gpu'"),
        ("[detector]\nthreshold = 1.5", "between 0 and 1"),
        ("[detector]\nmin_face = 2", "from 8 to 512"),
        ("[state]\nurl = 'redis://x'", "not available in this version"),
        ("[vault]\nurl = 's3://x'", "not available in this version"),
        ("[vault]\nkey = { value = 'x' }", "vault.key has to be { env"),
        ("[vault]\nkey = { env = 'A', file = 'b' }", "vault.key has to be { env"),
        ("[vault]\nkeep = 'forever'", "vault.keep: 'forever' is no duration"),
        ("[vault]\nkeep = '0d'", "longer than nothing"),
        ("[limits]\nbody = 0", "limits.body has to be more than 0"),
        ("[egress]\ntrusted_ca = '/nonexistent.pem'", "cannot be read"),
        ("[egress]\nports = ['http']", "is no port"),
        ("home =", "not valid TOML"),
    ],
)
def test_every_rule_has_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in loading(tmp_path, text)


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
        "[listen]\nupstream_auth = 'me:secret'",
        "[listen]\nmode = ['upstream:http://me:secret@proxy:3128']",
    ],
)
def test_what_stands_in_place_of_a_secrets_whereabouts_is_not_repeated(tmp_path: Path, text: str) -> None:
    said = loading(tmp_path, text)
    assert "secret" not in said
    assert " has to be " in said


@pytest.mark.parametrize("port", ["0", "80-", "²", "90-80", "65536", "1-65536", "-1", "a-b", 0])
def test_port_ranges_refuse(port: int | str) -> None:
    with pytest.raises(ValueError, match="is no port"):
        port_ranges([port])


def test_identities(tmp_path: Path) -> None:
    path = tmp_path / "facegate.toml"
    path.write_text(
        f"[identity]\nsources = {{ '::ffff:10.0.0.0/104' = 'a' }}\n[identity.certificates]\n{'AB' * 32} = 'b'\n"
    )
    known = load(path).identity.identities
    assert known.networks.job_of("10.1.2.3") == "a"
    assert dict(known.certificates) == {"ab" * 32: "b"}
    assert (known.signature_life, known.longest_delay) == (300, 8)


def test_port_ranges() -> None:
    assert port_ranges([80, "8000-8001"]) == [range(80, 81), range(8000, 8002)]


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


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_authorities_that_are_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "roots.pem"
    file.write_bytes(content)
    said = loading(tmp_path, f'[egress]\ntrusted_ca = "{file}"\n')
    assert said == f"egress.trusted_ca: {file} holds no PEM certificates; name a file of authorities to trust"


def test_authorities_that_are_a_folder_or_missing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.pem"):
        said = loading(tmp_path, f'[egress]\ntrusted_ca = "{path}"\n')
        assert said.startswith(f"egress.trusted_ca: {path} ")
        assert said.endswith(("name a PEM file", "name a file of authorities to trust"))


def test_authorities_are_taken(tmp_path: Path) -> None:
    file = prepare(tmp_path)
    config = tmp_path / "facegate.toml"
    config.write_text(f'[egress]\ntrusted_ca = "{file}"\n')
    assert load(config).egress.trusted_ca == str(file)


def test_what_a_worker_needs_at_least(tmp_path: Path) -> None:
    said = loading(tmp_path, "[limits]\nworker_memory = 1073741823\n")
    assert said == "limits.worker_memory has to be at least 1073741824 (1 GiB), not 1073741823"


def test_metrics_are_not_there_yet(tmp_path: Path) -> None:
    said = loading(tmp_path, "[metrics]\nport = 9090\n")
    assert said == "metrics.port = 9090 is not available in this version; leave it 0"


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


@pytest.mark.parametrize(
    "text", ["[limits]\nseconds = inf\n", "[limits]\nqueue = 0\n", "[egress]\nports = []\n", 'home = ""\n']
)
def test_values_that_would_close_or_open_everything(tmp_path: Path, text: str) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load(file)


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("window", "0d", "accumulation.window"),
        ("window", "3661d", "from 1d to 3660d"),
        ("window", "soon", "accumulation.window"),
        ("releases", -1, "accumulation.releases has to be a whole number, or 0 for none, not -1"),
        ("overlap", -5, "accumulation.overlap"),
        ("faces", "many", "accumulation.faces"),
    ],
)
def test_accumulation_makes_sense(setting: str, value: object, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load(**{f"accumulation__{setting}": value})


def test_accumulation_of_0_is_not_watched() -> None:
    thresholds = load(
        accumulation__window="7d", accumulation__releases=0, accumulation__hosts=3
    ).accumulation.thresholds
    assert (thresholds.window.days, thresholds.releases, thresholds.hosts, thresholds.faces) == (7, None, 3, 50_000)


@pytest.mark.parametrize(
    "text",
    [
        "[vault]\nkey = 'S3CRET'",
        "[vault]\nkey = ['S3CRET']",
        "[vault]\nkey = { value = 'S3CRET' }",
        "[vault]\nkey = { env = ['S3CRET'] }",
        "[vault]\nurl = 's3://me:S3CRET@store'",
        "[state]\nurl = 'postgresql://me:S3CRET@db'",
        "[listen]\nmode = 'me:S3CRET@proxy'",
        "[listen]\nmode = 'http//me=S3CRET@proxy:1'",
        "[listen]\nmode = ['upstream:http://me:S3CRET@proxy']",
        "[listen]\nmode = 'upstream:http://me:S3CRET@proxy/x'",
        "[listen]\nupstream_auth = 'me:S3CRET'",
        "[listen]\nmode = 'upstream:http://proxy'\nupstream_auth = { password = 'S3CRET' }",
        "[listen]\nmode = 'wireguard'\npeers = { a = 'S3CRET' }",
    ],
)
def test_no_mistake_repeats_what_may_be_a_secret(text: str, tmp_path: Path) -> None:
    file = tmp_path / "facegate.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert "S3CRET" not in str(caught.value)
    assert "\n" not in str(caught.value)
