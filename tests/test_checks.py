from pathlib import Path

import pytest
from facegate.ca import prepare
from facegate.config import load
from facegate.errors import ConfigError
from settings_files import loading


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[listen]\nport = 65536", "listen.port has to be from 0 to 65535"),
        ("[metrics]\nport = 8080", "metrics.port and listen.port are both 8080; choose another"),
        ('[metrics]\nport = 8081\nhost = "0.0.0.0"', "metrics.port and console.port are both 8081; choose another"),
        ('[log]\nformat = "xml"', "log.format has to be one of auto, text, json, not 'xml'"),
        ('[log]\nlevel = "loud"', "log.level has to be one of debug, info, warning, error, not 'loud'"),
        ("[console]\nport = -1", "console.port has to be from 0 to 65535"),
        ('[console]\nidle = "soon"', "console.idle: 'soon' is no duration"),
        ('[console]\nidle = "11h"', "console.idle has to be from 1m to console.longest"),
        ('[console]\nlongest = "8d"', "console.idle has to be from 1m to console.longest, that at most 7d"),
        ('[console]\ncertificate = "a.pem"', "console.certificate and console.key go together"),
        ('[console]\nnames = ["a.example:8081"]', "console.names: 'a.example:8081' is no host name"),
        ("[listen]\nworkers = 0", "listen.workers has to be from 1"),
        ("[listen]\nworkers = 'all'", 'has to be from 1 to 256, or "auto" for the cores; not another text'),
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
        ("[cache]\nverdicts = -1", "cache.verdicts has to be a whole number, or 0 for none"),
        ("[cache]\nbytes = 1000", "cache.bytes has to be at least 1048576"),
        ("[cache]\nkeep = 'long'", "cache.keep: 'long' is no duration"),
        ("[cache]\nkeep = '8d'", "cache.keep has to be from 1s to 7d"),
        ("[state]\nurl = 'redis://x'", "state.key is needed with this state.url"),
        ("[state]\nurl = 'mysql://x'\nkey = { env = 'A' }", 'state.url has to be "sqlite:"'),
        ("[state]\nkey = { value = 'x' }", "state.key has to be { env"),
        ("[state]\npassword = { value = 'x' }", "state.password has to be { env"),
        ("[state]\npassword = { env = 'A' }", "state.password is of use with Redis alone"),
        (
            "[state]\nurl = 'redis://a:b@x'\nkey = { env = 'A' }\npassword = { env = 'A' }",
            "state.url has a password, and",
        ),
        ("[state]\nurl = 'redis://x'\nkey = { env = 'A' }\nca = '/x.pem'", "state.ca is of use with a rediss:// alone"),
        ("[state]\nurl = 'rediss://x'\nkey = { env = 'A' }\nca = '/x.pem'", "state.ca: /x.pem cannot be read"),
        ("[vault]\nurl = 's3://x'", 'vault.url: has to be "file:" or "s3://BUCKET/PREFIX"'),
        ("[vault]\nurl = 's3://bucket/..'", "the prefix of s3://"),
        ("[vault]\nurl = 's3://bucket/a?b'", 'vault.url: has to be "file:" or "s3://BUCKET/PREFIX"'),
        ("[vault]\nurl = 's3://bucket'\nendpoint = 'minio:9000'", "vault.endpoint has to be"),
        ("[vault]\nurl = 's3://bucket'\nendpoint = 'https://me:pw@minio'", "vault.endpoint has to be"),
        ("[vault]\nurl = 's3://bucket'\nregion = 'EU!'", "vault.region has to be"),
        ("[vault]\nendpoint = 'https://minio'", "go with vault.url"),
        ("[vault]\nprevious = { endpoint = 'https://minio' }", "vault.previous has to be { url"),
        ("[vault]\nprevious = { url = 's3://bucket', key = 'x' }", "vault.previous has to be { url"),
        ("[vault]\nprevious = { url = 's3://bucket', env = 'A B' }", "vault.previous has to be { url"),
        ("[vault]\nprevious = { url = 's3://x' }", 'vault.previous.url: has to be "file:" or'),
        ("[vault]\nprevious = { url = 's3://bucket', endpoint = 'x' }", "vault.previous.endpoint has to be"),
        ("[vault]\nprevious = { url = 'file:', region = 'eu' }", "go with vault.previous.url"),
        ("[vault]\nurl = 's3://bucket'\nprevious = { url = 'file:', env = 'A_' }", "vault.previous.env goes with"),
        ("[vault]\nprevious = { url = 'file:' }", "vault.previous is where vault.url is"),
        ("[vault]\ncredentials = { env = 'A' }", "go with vault.url"),
        ("[vault]\nurl = 's3://bucket'\ncredentials = { id = 'A' }", "vault.credentials has to be { env"),
        ("[vault]\nkey = { value = 'x' }", "vault.key has to be { env"),
        ("[vault]\nkey = { env = 'A', file = 'b' }", "vault.key has to be { env"),
        ("[vault]\nkeep = 'forever'", "vault.keep: 'forever' is no duration"),
        ("[vault]\nkeep = '0d'", "longer than nothing"),
        ("[ledger]\nrotate_size = 100", "at least 1048576 bytes, or 0"),
        ("[ledger]\nrotate_age = 'daily'", "ledger.rotate_age: 'daily' is no duration"),
        ("[ledger]\ncheckpoint_every = '5s'", "from 1m to 31d"),
        ("[ledger]\ncheckpoint_every = '32d'", "from 1m to 31d"),
        ("[ledger]\ncheckpoints_to = 'kept'", "ledger.checkpoints_to has to be a whole path"),
        ("[ledger]\nkey = { value = 'x' }", "ledger.key has to be { env"),
        ("[ledger]\nsyslog = 'http://siem'", 'ledger.syslog: this is no place to send to; write "udp://HOST:514"'),
        ("[ledger]\nsyslog = 'tcp://siem:0'", "ledger.syslog: port 0 is none"),
        ("[ledger]\nsyslog_ca = '/x.pem'", 'of use with ledger.syslog = "tls://HOST" alone'),
        ("[ledger]\nsyslog = 'tls://siem'\nsyslog_ca = '/x.pem'", "ledger.syslog_ca: /x.pem cannot be read"),
        ("[vault]\nold = [{ env = 'A', file = 'b' }]", "vault.old has to be a list of { env"),
        ("[vault]\nold = [{}]", "vault.old has to be a list of { env"),
        ("[vault]\npixels = 'sometimes'", 'vault.pixels has to be "keep" or "never"'),
        ("[limits]\nbody = 0", "limits.body has to be more than 0"),
        ("[egress]\ntrusted_ca = '/nonexistent.pem'", "cannot be read"),
        ("[egress]\nports = ['http']", "is no port"),
        ("home =", "not valid TOML"),
    ],
)
def test_every_rule_has_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in loading(tmp_path, text)


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


def test_the_port_of_metrics_is_one(tmp_path: Path) -> None:
    assert loading(tmp_path, "[metrics]\nport = 99090\n") == "metrics.port has to be from 0 to 65535, not 99090"


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


@pytest.mark.parametrize(
    "text",
    [
        "[vault]\nkey = 'S3CRET'",
        "[vault]\nkey = ['S3CRET']",
        "[vault]\nkey = { value = 'S3CRET' }",
        "[vault]\nkey = { env = ['S3CRET'] }",
        "[vault]\nurl = 's3://me:S3CRET@store'",
        "[vault]\nurl = 's3://store'\nendpoint = 'https://me:S3CRET@host'",
        "[vault]\nprevious = { url = 's3://me:S3CRET@store' }",
        "[vault]\nprevious = { url = 's3://bucket', env = ['S3CRET'] }",
        "[vault]\nprevious = { url = 's3://bucket', secret = 'S3CRET' }",
        "[state]\nurl = 'postgresql://me:S3CRET@db'",
        "[state]\nurl = 'redis://me:S3CRET@db'",
        "[state]\nurl = 'redis://me:S3CRET@db:x'\nkey = { env = 'A' }",
        "[state]\nkey = { value = 'S3CRET' }",
        "[state]\nurl = 'redis://me:S3CRET@db'\nkey = { env = 'A' }\npassword = { file = 'x' }",
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


def test_ports_on_other_addresses_and_any_port_do_not_meet() -> None:
    assert load(metrics__port=8081, metrics__host="127.0.0.2").metrics.port == 8081
    assert load(metrics__port=0, listen__port=0, console__port=0).metrics.port == 0
    assert load(metrics__port=8081, console__enabled=False).metrics.port == 8081
    assert load(metrics__port=8080, listen__mode="wireguard", listen__peers={"a": 51820}, identity__required=True)
