"""What a crawler is told when something is withheld: the status for each reason, and the problem document. Pure."""

from typing import Any

from facegate_addons.domain.model import PASSING, Decision
from facegate_addons.domain.reasons import Reason

# Reasons that are no verdict on a body; every other withheld reason is one, and answers 451.
_STATUS = {
    Reason.NO_CREDENTIALS: 407,
    Reason.BAD_CREDENTIALS: 407,
    Reason.JOB_INACTIVE: 403,
    Reason.OUT_OF_SCOPE: 403,
    Reason.NOT_RELEASED: 403,
    Reason.ADDRESS_REFUSED: 403,
    Reason.PORT_REFUSED: 403,
    Reason.PROTOCOL_REFUSED: 403,
    Reason.CLIENT_PROTOCOL: 400,
    Reason.CLIENT_LEFT: 502,
    Reason.ORIGIN_UNREACHABLE: 502,
    Reason.ORIGIN_PROTOCOL: 502,
    Reason.PARTIAL_CONTENT: 502,
    Reason.TRANSFER_CODING: 502,
    Reason.LIMIT_HEAD: 502,
    Reason.LIMIT_BODY: 502,
    Reason.LIMIT_SECONDS: 504,
    Reason.OVERLOADED: 503,
    Reason.VAULT_FAILED: 503,
    Reason.STATE_FAILED: 503,
    Reason.LEDGER_FAILED: 503,
    Reason.INTERNAL: 502,
}

_DETAIL = {
    Reason.FACES: "The body bears human faces and the job has no targeted scope here.",
    Reason.BUDGET_SPENT: "The body bears human faces and a budget of the job is spent.",
    Reason.ACCUMULATION: (
        "The body bears human faces, and what the operator's targeted jobs add up to waits for a reviewer to sign it."
    ),
    Reason.NO_CREDENTIALS: "Send the job's credentials: http://JOB:TOKEN@gateway.",
    Reason.BAD_CREDENTIALS: "No job has this id and token, this signature or this certificate.",
    Reason.JOB_INACTIVE: "The job is a draft, revoked or past its end.",
    Reason.OUT_OF_SCOPE: "The request is outside the job's scope, and the job asked for nothing else to be let out.",
    Reason.NOT_RELEASED: "No release of this record waits for this job at this URL; each is delivered once.",
    Reason.ADDRESS_REFUSED: "The destination is an address that crawlers may not reach through this gateway.",
    Reason.PORT_REFUSED: "The destination is a port that crawlers may not reach through this gateway.",
    Reason.PROTOCOL_REFUSED: "Only HTTP, plain or over TLS, passes this gateway.",
    Reason.CLIENT_PROTOCOL: "The request is not valid HTTP.",
    Reason.CLIENT_LEFT: "The client left before the response was inspected.",
    Reason.ORIGIN_UNREACHABLE: "The origin could not be reached.",
    Reason.ORIGIN_PROTOCOL: "The origin's response is not valid HTTP.",
    Reason.PARTIAL_CONTENT: "The origin sent a part of a resource; parts cannot be inspected.",
    Reason.TRANSFER_CODING: "The origin used a transfer coding other than chunked.",
    Reason.LIMIT_HEAD: "The response's head is larger than the gateway accepts.",
    Reason.LIMIT_BODY: "The response's body is larger than the gateway inspects.",
    Reason.LIMIT_SECONDS: "The response took longer than the gateway waits.",
    Reason.OVERLOADED: "Too many bodies arrive or wait for inspection; try again.",
    Reason.VAULT_FAILED: "The quarantine cannot be written; nothing that belongs there is answered until it can.",
    Reason.STATE_FAILED: "The state cannot be written; releases are stopped until it can.",
    Reason.LEDGER_FAILED: "The ledger cannot be written; nothing passes until it can.",
    Reason.INTERNAL: "The gateway failed while it handled this response.",
}

_TITLE = {
    400: "Bad request",
    403: "Refused by the crawl gateway",
    407: "The crawl gateway wants a job's credentials",
    451: "Withheld by the crawl gateway",
    502: "No usable response from the origin",
    503: "The crawl gateway is unavailable",
    504: "The origin took too long",
}

RETRY_AFTER = 2  # seconds, with each 503


def status(reason: Reason) -> int:
    return _STATUS.get(reason, 451)


def verdict_word(decision: Decision) -> str:
    """The value of Facegate-Verdict: what is known of the body, "" when none was looked at."""
    match decision.reason:
        case Reason.FACES | Reason.BUDGET_SPENT | Reason.ACCUMULATION | Reason.TARGETED:
            return "faces"
        case Reason.CLEAR | Reason.NO_BODY | Reason.FALSE_POSITIVE:
            return "clear"
        case Reason.RELEASED:
            return "faces" if decision.findings else "unreadable"
        case reason:
            return "" if reason in _STATUS else "unreadable"


def problem(decision: Decision, job: str, record: str, request: str = "") -> dict[str, Any]:
    """An RFC 9457 problem document. It names no byte of what was withheld. `request` is the id of the ledger's line."""
    code = status(decision.reason)
    return {
        "type": f"urn:facegate:reason:{decision.reason}",
        "title": _TITLE[code],
        "status": code,
        "detail": _DETAIL.get(decision.reason, "The body could not be looked at whole, so it is not passed."),
        "reason": decision.reason.value,
        "job": job,
        "record": record,
        "request": request,
    }


def headers(decision: Decision, record: str, request: str = "") -> dict[str, str]:
    """The Facegate-* headers, and what the status asks for."""
    code = status(decision.reason)
    fields = {
        "Facegate-Verdict": verdict_word(decision),
        "Facegate-Action": decision.action.value,
        "Facegate-Observed": decision.observed or "",
        "Facegate-Reason": decision.reason.value,
        "Facegate-Record": record,
        "Facegate-Request": request,
    }
    if decision.action in PASSING:
        return {name: value for name, value in fields.items() if value and name != "Facegate-Reason"}
    error = _PROXY_ERROR_BY_REASON.get(decision.reason, _PROXY_ERROR[code])
    fields["Proxy-Status"] = f'facegate; error={error}; details="{decision.reason}"'
    if code == 407:
        fields["Proxy-Authenticate"] = 'Basic realm="facegate"'
    if code == 451:
        fields["Link"] = '<urn:facegate:gateway>; rel="blocked-by"'
    if code == 503:
        fields["Retry-After"] = str(RETRY_AFTER)
    return {name: value for name, value in fields.items() if value}


# RFC 9209, section 2.3
_PROXY_ERROR = {
    400: "http_request_error",
    403: "http_request_denied",
    407: "http_request_denied",
    451: "http_request_denied",
    502: "http_response_incomplete",
    503: "proxy_internal_error",
    504: "http_response_timeout",
}
_PROXY_ERROR_BY_REASON = {
    Reason.ADDRESS_REFUSED: "destination_ip_prohibited",
    Reason.ORIGIN_UNREACHABLE: "destination_unavailable",
    Reason.ORIGIN_PROTOCOL: "http_protocol_error",
    Reason.TRANSFER_CODING: "http_response_transfer_coding",
    Reason.LIMIT_HEAD: "http_response_header_section_size",
    Reason.LIMIT_BODY: "http_response_body_size",
}
