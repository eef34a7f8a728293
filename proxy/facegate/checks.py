"""What the types of the settings cannot say: each rule with the line that says what to write instead."""

import dataclasses
import re
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

from facegate_addons.detection.description import NAME
from facegate_addons.detection.providers import PROVIDERS
from facegate_addons.domain.limits import HEAD_MAX
from facegate_addons.domain.model import Cover
from facegate_addons.domain.policy import Mode

from facegate.durations import parse_duration
from facegate.errors import ConfigError
from facegate.hostport import port_ranges
from facegate.ledger.destination import destination
from facegate.ledger.rotation import SIZE_MIN
from facegate.modes import Listening, kind, mistake, place
from facegate.quarantine.places import place_of
from facegate.sections import AUTO, Cache, Console, Ledger, Sample, State, Traces, Vault
from facegate.shared.address import address

if TYPE_CHECKING:
    from facegate.config import Config

# Bytes of address space. A worker that has looked at nothing takes 0.28 GiB; what is left has to hold a body, what it
# unpacks to, and a picture of it, at 3 bytes a pixel and more.
WORKER_MEMORY_MIN = 1 << 30
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
_ENDPOINT = re.compile(rf"https?://(?:{_HOST.pattern})(?::\d{{1,5}})?")
_ENV = re.compile(r"[A-Za-z0-9_]*")  # what names of environment variables begin with
_REGION = re.compile(r"[a-z0-9-]{0,40}")
CACHE_BYTES_MIN = 1 << 20
KEEP_VERDICTS_MAX = 7  # days; what a worker that was taken over said of other bodies has to be forgotten
KEEP_SAMPLES_MAX = 30  # days; these are pictures that nobody had to withhold
LONGEST_MAX = 3_660  # days; ten years are longer than any approval should stand, and fit any calendar


def check(config: "Config", where: str) -> None:
    """One rule a line; raises ConfigError with the first that is broken. `where` is the file, or what stands for it."""

    def need(fine: object, message: str) -> None:
        if not fine:
            raise ConfigError(f"{where}: {message}")

    for name, port in (
        ("listen.port", config.listen.port),
        ("console.port", config.console.port),
        ("metrics.port", config.metrics.port),
    ):
        need(0 <= port <= 65535, f"{name} has to be from 0 to 65535, not {port}")
    wrong = _same_port(config)
    need(not wrong, wrong)
    formats, levels = ("auto", "text", "json"), ("debug", "info", "warning", "error")
    need(config.log.format in formats, f"log.format has to be one of {', '.join(formats)}, not {config.log.format!r}")
    need(config.log.level in levels, f"log.level has to be one of {', '.join(levels)}, not {config.log.level!r}")
    wrong = _console(config.console)
    need(not wrong, wrong)
    need(str(config.home) not in ("", "."), "home has to be a path, like /var/lib/facegate")
    workers = config.listen.workers
    told = workers if isinstance(workers, int) else "another text"  # which may be a secret in the wrong place
    sized = workers == AUTO or (isinstance(workers, int) and 1 <= workers <= 256)
    need(sized, f'listen.workers has to be from 1 to 256, or "auto" for the cores; not {told}')
    inspectors = config.listen.inspectors
    need(0 <= inspectors <= 256, f"listen.inspectors has to be from 1 to 256, or 0 for the cores; not {inspectors}")
    listen, identity = config.listen, config.identity
    ports = (listen.port, config.console.port)
    listening = (listen.mode, workers if isinstance(workers, int) else 1, ports, listen.peers, listen.upstream_auth)
    wrong = mistake(Listening(*listening, identity.required, identity.sources, listen.proxy_protocol))
    need(not wrong, wrong)
    modes = tuple(each.value for each in Mode)
    need(config.policy.mode in modes, f"policy.mode has to be {' or '.join(modes)}, not {config.policy.mode!r}")
    faces = ("quarantine", "drop", "redact")
    need(config.policy.faces in faces, f"policy.faces has to be one of {', '.join(faces)}, not {config.policy.faces!r}")
    need(
        config.policy.unreadable in faces[:2],
        f"policy.unreadable has to be quarantine or drop, not {config.policy.unreadable!r}",
    )
    covers = tuple(cover.value for cover in Cover)
    need(config.policy.cover in covers, f"policy.cover has to be {' or '.join(covers)}, not {config.policy.cover!r}")
    try:
        _ = config.identity.identities
    except ValueError as error:
        raise ConfigError(f"{where}: identity.{error}") from None
    model = config.detector.model
    need(NAME.fullmatch(model), f'detector.model has to be the name of a model, like "centerface", not {model!r}')
    provider = config.detector.provider
    need(provider in PROVIDERS, f"detector.provider has to be one of {', '.join(PROVIDERS)}, not {provider!r}")
    threshold = config.detector.threshold
    need(threshold is None or 0 < threshold < 1, f"detector.threshold has to lie between 0 and 1, not {threshold}")
    need(
        8 <= config.detector.min_face <= 512,
        f"detector.min_face has to be from 8 to 512 pixels, not {config.detector.min_face}",
    )
    _check_cache(config.cache, where)
    jobs = config.jobs
    try:
        longest = parse_duration(jobs.longest)
    except ValueError as error:
        raise ConfigError(f"{where}: jobs.longest: {error}") from None
    need(
        timedelta(0) < longest <= timedelta(days=LONGEST_MAX),
        f'jobs.longest has to be from 1s to {LONGEST_MAX}d, like "366d", not {jobs.longest!r}',
    )
    need(2 <= jobs.group_max <= 1_000, f"jobs.group_max has to be from 2 to 1000 members, not {jobs.group_max}")
    need(1 <= jobs.hosts_max <= 1_000, f"jobs.hosts_max has to be from 1 to 1000 hosts, not {jobs.hosts_max}")
    need(jobs.releases_max >= 1, f"jobs.releases_max has to be at least 1, not {jobs.releases_max}")
    need(
        jobs.conditions in ("optional", "required"),
        f'jobs.conditions has to be "optional" or "required", not {jobs.conditions!r}',
    )
    _check_state(config.state, where)
    _check_storage(config.vault, where)
    need(place(config.vault.credentials), 'vault.credentials has to be { env = "NAME" } or { file = "PATH" }')
    on_s3 = config.vault.url != "file:"
    need(on_s3 or not config.vault.credentials, 'vault.credentials go with vault.url = "s3://BUCKET/PREFIX"')
    need(place(config.vault.key), 'vault.key has to be { env = "NAME" } or { file = "PATH" }')
    need(
        all(isinstance(each, dict) and len(each) == 1 and place(each) for each in config.vault.old),
        'vault.old has to be a list of { env = "NAME" } or { file = "PATH" }',
    )
    need(
        config.vault.pixels in ("keep", "never"),
        f'vault.pixels has to be "keep" or "never", not {config.vault.pixels!r}',
    )
    try:
        keep = config.vault.keep_for
    except ValueError as error:
        raise ConfigError(f"{where}: vault.keep: {error}") from None
    need(keep > timedelta(0), 'vault.keep has to be longer than nothing; to keep no bytes use vault.pixels = "never"')
    _check_sample(config.sample, where)
    _check_traces(config.traces, where)
    _check_ledger(config.ledger, where)
    try:
        thresholds = config.accumulation.thresholds
    except ValueError as error:
        raise ConfigError(f"{where}: accumulation.window: {error}") from None
    need(
        timedelta(days=1) <= thresholds.window <= timedelta(days=3660),
        f"accumulation.window has to be from 1d to 3660d, not {config.accumulation.window}",
    )
    for name in ("subjects", "hosts", "releases", "faces", "overlap"):
        value = getattr(config.accumulation, name)
        need(value >= 0, f"accumulation.{name} has to be a whole number, or 0 for none, not {value}")
    for limit in dataclasses.fields(config.limits):
        value = getattr(config.limits, limit.name)
        need(0 < value < float("inf"), f"limits.{limit.name} has to be more than 0 and have an end, not {value}")
    need(config.limits.head <= HEAD_MAX, f"limits.head has to be at most {HEAD_MAX}, not {config.limits.head}")
    need(
        config.limits.worker_memory >= WORKER_MEMORY_MIN,
        f"limits.worker_memory has to be at least {WORKER_MEMORY_MIN} (1 GiB), not {config.limits.worker_memory}",
    )
    if config.egress.trusted_ca:
        need(*_authorities(config.egress.trusted_ca))
    need(bool(config.egress.ports), "egress.ports is empty: nothing could be reached; leave it away for the default")
    try:
        port_ranges(config.egress.ports)
    except ValueError as error:
        raise ConfigError(f"{where}: egress.ports: {error}") from None


def _check_storage(vault: Vault, where: str) -> None:
    """Of the values nothing is told: a URL may have a password in it."""
    _check_place("vault", vault.url, vault.endpoint, vault.region, where)
    before = vault.previous
    if not before:
        return
    if not (
        before.keys() <= {"url", "endpoint", "region", "env"}
        and before.get("url")
        and all(isinstance(value, str) for value in before.values())
        and _ENV.fullmatch(before.get("env", ""))
    ):
        raise ConfigError(
            f'{where}: vault.previous has to be {{ url = "...", endpoint = "...", region = "...", env = "PREFIX_" }}, '
            "of which only url has to be there"
        )
    _check_place("vault.previous", before["url"], before.get("endpoint", ""), before.get("region", ""), where)
    if before["url"] == "file:" and before.get("env"):
        raise ConfigError(f'{where}: vault.previous.env goes with vault.previous.url = "s3://BUCKET/PREFIX"')
    place = (vault.url.rstrip("/"), vault.endpoint)
    if place == (before["url"].rstrip("/"), before.get("endpoint", "")):
        raise ConfigError(f"{where}: vault.previous is where vault.url is; nothing would have to be moved")


def _check_place(name: str, url: str, endpoint: str, region: str, where: str) -> None:
    if url != "file:":
        try:
            place_of(url)
        except ValueError as error:
            raise ConfigError(f"{where}: {name}.url: {error}") from None
    if endpoint and not _ENDPOINT.fullmatch(endpoint):
        raise ConfigError(f'{where}: {name}.endpoint has to be "https://HOST:PORT", with nothing behind or before it')
    if not _REGION.fullmatch(region):
        raise ConfigError(f'{where}: {name}.region has to be a name like "eu-central-1"')
    if url == "file:" and (endpoint or region):
        raise ConfigError(f'{where}: {name}.endpoint and {name}.region go with {name}.url = "s3://BUCKET/PREFIX"')


def _check_cache(cache: Cache, where: str) -> None:
    if cache.verdicts < 0:
        raise ConfigError(f"{where}: cache.verdicts has to be a whole number, or 0 for none, not {cache.verdicts}")
    if cache.bytes < CACHE_BYTES_MIN:
        raise ConfigError(f"{where}: cache.bytes has to be at least {CACHE_BYTES_MIN} (1 MiB), not {cache.bytes}")
    try:
        keep = cache.keep_for
    except ValueError as error:
        raise ConfigError(f"{where}: cache.keep: {error}") from None
    if not timedelta(0) < keep <= timedelta(days=KEEP_VERDICTS_MAX):
        says = f'cache.keep has to be from 1s to {KEEP_VERDICTS_MAX}d, like "1h", not {cache.keep!r}'
        raise ConfigError(f"{where}: {says}")


def _check_state(state: State, where: str) -> None:
    """A URL may have a password in it: no message repeats it."""

    def need(fine: object, message: str) -> None:
        if not fine:
            raise ConfigError(f"{where}: {message}")

    for name in ("key", "password"):
        need(place(getattr(state, name)), f'state.{name} has to be {{ env = "NAME" }} or {{ file = "PATH" }}')
    tls = False
    if state.url != "sqlite:":
        try:
            to = address(state.url)
        except ValueError as error:
            raise ConfigError(f"{where}: state.url {error}") from None
        tls = to.tls
        need(not (to.password and state.password), "state.url has a password, and state.password says where one is")
        need(state.key, 'state.key is needed with this state.url: { env = "NAME" } or { file = "PATH" }, on all nodes')
    else:
        need(not state.password, "state.password is of use with Redis alone; set state.url")
    if state.ca:
        need(tls, "state.ca is of use with a rediss:// alone")
        fine, message = _authorities(state.ca)
        need(fine, message.replace("egress.trusted_ca", "state.ca"))


def _check_sample(sample: Sample, where: str) -> None:
    if not 0 <= sample.rate <= 1:
        raise ConfigError(f"{where}: sample.rate has to be a share from 0 (off) to 1, like 0.001, not {sample.rate}")
    try:
        keep = sample.keep_for
    except ValueError as error:
        raise ConfigError(f"{where}: sample.keep: {error}") from None
    if not timedelta(0) < keep <= timedelta(days=KEEP_SAMPLES_MAX):
        says = f'sample.keep has to be from 1s to {KEEP_SAMPLES_MAX}d, like "72h", not {sample.keep!r}'
        raise ConfigError(f"{where}: {says}")
    if not 1 <= sample.most <= 100_000:
        raise ConfigError(f"{where}: sample.most has to be from 1 to 100000, not {sample.most}")


def _check_traces(traces: Traces, where: str) -> None:
    """An endpoint may have a password in it, wrongly: no message repeats it."""

    def need(fine: object, message: str) -> None:
        if not fine:
            raise ConfigError(f"{where}: {message}")

    endpoint = traces.endpoint
    need(
        not endpoint or _ENDPOINT.fullmatch(endpoint),
        'traces.endpoint has to be "http://HOST:PORT" or "https://HOST:PORT", with nothing behind or before it',
    )
    need(0 <= traces.rate <= 1, f"traces.rate has to be a share from 0 to 1, like 0.01, not {traces.rate}")
    need(place(traces.headers), 'traces.headers has to be { env = "NAME" } or { file = "PATH" }')
    if traces.ca:
        need(endpoint.startswith("https:"), 'traces.ca is of use with traces.endpoint = "https://HOST:PORT" alone')
        fine, message = _authorities(traces.ca)
        need(fine, message.replace("egress.trusted_ca", "traces.ca"))


def _check_ledger(ledger: Ledger, where: str) -> None:
    def need(fine: object, message: str) -> None:
        if not fine:
            raise ConfigError(f"{where}: {message}")

    need(
        ledger.rotate_size == 0 or ledger.rotate_size >= SIZE_MIN,
        f"ledger.rotate_size has to be at least {SIZE_MIN} bytes, or 0 for none, not {ledger.rotate_size}",
    )
    for setting in ("rotate_age", "checkpoint_every"):
        try:
            parse_duration(getattr(ledger, setting))
        except ValueError as error:
            raise ConfigError(f"{where}: ledger.{setting}: {error}") from None
    need(
        60 <= ledger.checkpoint_seconds <= 31 * 86_400,
        f'ledger.checkpoint_every has to be from 1m to 31d, like "1h", not {ledger.checkpoint_every!r}',
    )
    elsewhere = ledger.checkpoints_elsewhere
    need(
        elsewhere is None or elsewhere.is_absolute(),
        f"ledger.checkpoints_to has to be a whole path, like /mnt/audit/checkpoints, not {ledger.checkpoints_to!r}",
    )
    need(place(ledger.key), 'ledger.key has to be { env = "NAME" } or { file = "PATH" }')
    try:
        to = destination(ledger.syslog) if ledger.syslog else None
    except ValueError as error:
        raise ConfigError(f"{where}: ledger.syslog: {error}") from None
    if ledger.syslog_ca:
        need(to is not None and to.kind == "tls", 'ledger.syslog_ca is of use with ledger.syslog = "tls://HOST" alone')
        fine, message = _authorities(ledger.syslog_ca)
        need(fine, message.replace("egress.trusted_ca", "ledger.syslog_ca"))


def _same_port(config: "Config") -> str:
    """Which port would be listened on twice; "" where none is. 0 is any, and off for metrics."""
    metrics = config.metrics
    others = [("console", config.console.host, config.console.port)] if config.console.enabled else []
    if kind(config.listen.mode) != "wireguard":  # UDP's
        others.append(("listen", config.listen.host, config.listen.port))
    for name, host, port in others:
        anywhere = {"", "0.0.0.0", "::"} & {host, metrics.host}  # noqa: S104 - looked for, not bound to
        if metrics.port == port != 0 and (host == metrics.host or anywhere):
            return f"metrics.port and {name}.port are both {port}; choose another for one of them"
    return ""


def _console(it: Console) -> str:
    """What is wrong with it; "" when nothing is."""
    try:
        idle, longest = it.session_times
    except ValueError as error:
        return f"console.{error}"
    if not timedelta(minutes=1) <= idle <= longest <= timedelta(days=7):
        return f"console.idle has to be from 1m to console.longest, that at most 7d; not {it.idle} and {it.longest}"
    if bool(it.certificate) != bool(it.key):
        return "console.certificate and console.key go together: name both PEM files, or none"
    for name in it.names:
        if not _HOST.fullmatch(name):
            return (
                f'console.names: {name!r} is no host name; write it as browsers do, without a port: "console.example"'
            )
    return ""


def _authorities(file: str) -> tuple[bool, str]:
    """Is this what TLS towards origins can be built on? And what to say when it is not."""
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:  # before OSError, which it is, too
        return False, f"egress.trusted_ca: {file} holds no PEM certificates; name a file of authorities to trust"
    except OSError as error:
        return False, f"egress.trusted_ca: {file} cannot be read ({error.strerror}); name a PEM file"
    return True, ""
