"""The job of a crawl, registered with the gateway's API before it begins: its file can live with the spider."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from scrapy.settings import BaseSettings

from scrapy_facegate.errors import NoGateway
from scrapy_facegate.gateway import Gateway, option

logger = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds; the crawl has not begun, and nothing else waits for it
LONGEST = 1_000_000  # bytes of an answer
_WAITING = {"pending": "waits for its approval: until then it crawls as an untargeted one, and faces are withheld"}


@dataclass(frozen=True)
class Registered:
    """`token` is "" where the job was there already: the gateway shows it once."""

    state: str
    token: str


def register(settings: BaseSettings, gateway: Gateway) -> Gateway:
    """The gateway with the job and its token, as it was unless FACEGATE_REGISTER names a job. Raises NoGateway."""
    said = os.environ.get("FACEGATE_REGISTER") or settings.get("FACEGATE_REGISTER")
    if not said:
        return gateway
    job = read_job(said)
    name = str(job.pop("id", "") or gateway.job)
    if not name:
        raise NoGateway("FACEGATE_REGISTER has a job without an id")
    if gateway.job not in ("", name):
        raise NoGateway(f"FACEGATE_REGISTER registers {name}, and the credentials are of {gateway.job}")
    api, token = option(settings, "FACEGATE_API_URL"), option(settings, "FACEGATE_API_TOKEN")
    if not api.startswith(("http://", "https://")) or not token:
        raise NoGateway("FACEGATE_REGISTER wants FACEGATE_API_URL, like http://127.0.0.1:8081, and FACEGATE_API_TOKEN")
    registered = put(api, token, name, job)
    if registered.token:
        _keep(option(settings, "FACEGATE_TOKEN_FILE"), registered.token)
    elif not gateway.token:
        raise NoGateway(
            f"job {name} is registered already, and its token was shown then: set FACEGATE_TOKEN or FACEGATE_TOKEN_FILE"
            f" (`facegate job token {name}` makes a new one)"
        )
    logger.info("Job %s is registered, and %s", name, _WAITING.get(registered.state, registered.state))
    return replace(gateway, job=name, token=registered.token or gateway.token)


def read_job(said: object) -> dict[str, Any]:
    """A job as a dict, or the path of a job file in TOML or JSON."""
    if isinstance(said, Mapping):
        return dict(_plain(said))
    path = Path(str(said))
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            job = json.loads(text)
        else:
            import tomllib  # Python 3.11

            job = tomllib.loads(text)
    except ImportError:
        raise NoGateway("reading TOML takes Python 3.11; write the job as JSON, or as a dict in the settings") from None
    except (OSError, ValueError) as error:
        raise NoGateway(f"FACEGATE_REGISTER names {path}, which cannot be read: {error}") from None
    if not isinstance(job, dict):
        raise NoGateway(f"FACEGATE_REGISTER names {path}, which is no job")
    return dict(_plain(job))


def put(api: str, token: str, name: str, job: Mapping[str, Any]) -> Registered:
    """Raises NoGateway with what the API says."""
    asked = Request(  # noqa: S310  # http or https: see `register`
        f"{api.rstrip('/')}/api/v1/jobs/{quote(name, safe='')}",
        json.dumps(job).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method="PUT",
    )
    try:
        with build_opener(ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:  # never through the gateway
            said = json.loads(answer.read(LONGEST))
            return Registered(str(said.get("state", "")), str(said.get("token", "")))
    except HTTPError as error:
        with error:
            raise NoGateway(f"job {name} is not registered: {_refusal(error)}") from None
    except (URLError, OSError, ValueError, AttributeError) as error:
        why = getattr(error, "reason", None) or type(error).__name__
        raise NoGateway(f"job {name} is not registered: {api} does not answer as the gateway's API ({why})") from None


def _refusal(error: HTTPError) -> str:
    """The problem document's words."""
    try:
        problem = json.loads(error.read(LONGEST))
        each = [f"{one['field']} {one['detail']}" for one in problem.get("errors", [])]
        return "; ".join(each) or str(problem["detail"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return f"{error.code} {error.reason}"


def _plain(value: Any) -> Any:
    """As JSON has it: the dates of TOML as text."""
    match value:
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            at = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
            return at.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
    return value


def _keep(path: str, token: str) -> None:
    """For the next crawl, and for nobody else's eyes."""
    if not path:
        logger.warning("The job's token is in this process only; FACEGATE_TOKEN_FILE names a file to keep it in")
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
            file.write(token + "\n")
    except OSError as error:
        raise NoGateway(f"FACEGATE_TOKEN_FILE cannot be written: {error.strerror}") from None
