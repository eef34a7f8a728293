"""Why something was passed or withheld: the public words for it.

They reach the crawler (`Facegate-Reason`), the ledger and the console. A reason is never renamed and never
reused; docs/reasons.md explains each, and a test fails when one is missing there.
"""

from enum import StrEnum


class Reason(StrEnum):
    # passed
    CLEAR = "clear"
    NO_BODY = "no-body"
    TARGETED = "targeted"
    FALSE_POSITIVE = "false-positive"
    RELEASED = "released"

    # a face was seen
    FACES = "faces"
    BUDGET_SPENT = "budget-spent"
    ACCUMULATION = "accumulation"

    # unreadable: the body could not be looked at, whole
    UNKNOWN_TYPE = "unknown-type"
    UNSUPPORTED_TYPE = "unsupported-type"
    UNDECODABLE = "undecodable"
    ENCRYPTED = "encrypted"
    OPAQUE_TEXT = "opaque-text"
    CODING_UNKNOWN = "coding-unknown"
    CODING_BROKEN = "coding-broken"
    LIMIT_DECODED = "limit-decoded"
    LIMIT_PIXELS = "limit-pixels"
    LIMIT_FRAMES = "limit-frames"
    LIMIT_DEPTH = "limit-depth"
    LIMIT_MEMBERS = "limit-members"
    LIMIT_TIME = "limit-time"
    LIMIT_MEMORY = "limit-memory"
    INSPECTION_FAILED = "inspection-failed"

    # who asks, and for what
    NO_CREDENTIALS = "no-credentials"
    BAD_CREDENTIALS = "bad-credentials"
    JOB_INACTIVE = "job-inactive"
    OUT_OF_SCOPE = "out-of-scope"
    NOT_RELEASED = "not-released"
    ADDRESS_REFUSED = "address-refused"
    PORT_REFUSED = "port-refused"
    PROTOCOL_REFUSED = "protocol-refused"

    # the origin, or the way to it
    ORIGIN_UNREACHABLE = "origin-unreachable"
    ORIGIN_PROTOCOL = "origin-protocol"
    PARTIAL_CONTENT = "partial-content"
    TRANSFER_CODING = "transfer-coding"
    LIMIT_HEAD = "limit-head"
    LIMIT_BODY = "limit-body"
    LIMIT_SECONDS = "limit-seconds"

    # the client
    CLIENT_PROTOCOL = "client-protocol"
    CLIENT_LEFT = "client-left"

    # the gate itself
    OVERLOADED = "overloaded"
    VAULT_FAILED = "vault-failed"
    STATE_FAILED = "state-failed"
    LEDGER_FAILED = "ledger-failed"
    INTERNAL = "internal"
