"""The gateway's address, the job's credentials, the authority to trust: out of the environment, then the settings."""

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from scrapy.settings import BaseSettings, get_settings_priority

from scrapy_facegate.errors import NoGateway

# Where the add-on leaves what it found, for the components.
FOUND = "FACEGATE_GATEWAY"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


@dataclass(frozen=True)
class Gateway:
    """`address` is without credentials; `ca` holds the certificates of FACEGATE_CA as PEM, "" without it."""

    address: str
    job: str = ""
    token: str = field(default="", repr=False)
    ca: str = field(default="", repr=False)

    @property
    def authorization(self) -> bytes:
        """The value of Proxy-Authorization; empty without a job."""
        if not self.job:
            return b""
        return b"Basic " + b64encode(f"{self.job}:{self.token}".encode())

    @property
    def with_credentials(self) -> str:
        """For clients that take a proxy's credentials in its address."""
        if not self.job:
            return self.address
        scheme, _, place = self.address.partition("://")
        return f"{scheme}://{quote(self.job, safe='')}:{quote(self.token, safe='')}@{place}"

    @property
    def certificates(self) -> list[str]:
        return _CERTIFICATE.findall(self.ca)


def option(settings: BaseSettings, name: str, environ: Mapping[str, str] | None = None) -> str:
    """A setting as text; the environment variable of its name comes first."""
    environ = os.environ if environ is None else environ
    return str(environ.get(name) or settings.get(name) or "")


def force(settings: BaseSettings, name: str, value: object) -> None:
    """Over what the project, the command line or Scrapy itself says, which all count for more than an add-on's word."""
    settings.set(name, value, max(settings.getpriority(name) or 0, get_settings_priority("project")))


def find(settings: BaseSettings, environ: Mapping[str, str] | None = None) -> Gateway:
    """What the add-on found, or what the environment and the settings say. Raises NoGateway, without a token in it."""
    found = settings.get(FOUND)
    if isinstance(found, Gateway):
        return found
    address, job, token = _address(option(settings, "FACEGATE_PROXY_URL", environ))
    job = option(settings, "FACEGATE_JOB", environ) or job
    token = (
        option(settings, "FACEGATE_TOKEN", environ) or _kept(option(settings, "FACEGATE_TOKEN_FILE", environ)) or token
    )
    if token and not job and not option(settings, "FACEGATE_REGISTER", environ):  # which says the job
        raise NoGateway("there is a token and no job: set FACEGATE_JOB to the job's id")
    return Gateway(address, job, token, _authority(option(settings, "FACEGATE_CA", environ)))


def _address(url: str) -> tuple[str, str, str]:
    """The address without credentials, the job and the token."""
    form = "http://JOB:TOKEN@HOST:PORT"
    if not url:
        raise NoGateway(f"set FACEGATE_PROXY_URL to {form} (or FACEGATE_ENABLED = False to go without)")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:  # the text of urlsplit's would have the URL in it
        host, port = None, None
    if not host:
        raise NoGateway(f"FACEGATE_PROXY_URL is no address; write {form}")
    if parts.scheme not in ("http", "https"):
        raise NoGateway(f"FACEGATE_PROXY_URL begins with {parts.scheme}://; write {form}")
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    return f"{parts.scheme}://{place}", unquote(parts.username or ""), unquote(parts.password or "")


def _kept(path: str) -> str:
    """The token in a file; "" where the file is not there yet, as a registration writes it."""
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else ""
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise NoGateway(f"FACEGATE_TOKEN_FILE cannot be read: {type(error).__name__}") from None


def _authority(path: str) -> str:
    if not path:
        return ""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise NoGateway(f"FACEGATE_CA names {path}, which cannot be read: {type(error).__name__}") from None
    if not _CERTIFICATE.search(text):
        raise NoGateway(
            f"FACEGATE_CA names {path}, which has no certificate in it; `facegate ca export -o {path}` writes it"
        )
    return text
