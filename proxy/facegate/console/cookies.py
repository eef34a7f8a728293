"""The one cookie: the session's id, for this host alone, out of reach of scripts and of other sites' pages."""

from starlette.datastructures import MutableHeaders


def cookie_name(*, secure: bool) -> str:
    """With TLS, a name that browsers take only from this very host, for all its paths, and over TLS."""
    return "__Host-facegate" if secure else "facegate"


def set_cookie(headers: MutableHeaders, text: str, *, secure: bool) -> None:
    headers.append("Set-Cookie", f"{cookie_name(secure=secure)}={text}{_attributes(secure=secure)}")


def drop_cookie(headers: MutableHeaders, *, secure: bool) -> None:
    headers.append("Set-Cookie", f"{cookie_name(secure=secure)}=; Max-Age=0{_attributes(secure=secure)}")


def _attributes(*, secure: bool) -> str:
    return "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")
