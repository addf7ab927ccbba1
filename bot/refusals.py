"""Every refusal of Slack's Web API, sorted by what has to happen next.

Sources: docs.slack.dev/apis/web-api (errors are HTTP 200 with ok:false), /apis/web-api/rate-limits (429 and
Retry-After in seconds), and the error tables of the methods' pages.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from slack_sdk.errors import SlackApiError

from pipeline.errors import LoupeError

PAUSE = 5.0
"""Seconds to wait when Slack says 429 without saying how long."""


class Kind(Enum):
    """What a failed call means."""

    LATER = "it is busy and said how long to wait"
    UNSURE = "the call may or may not have worked"
    UNSENT = "the call never reached it"
    IDENTITY = "it does not accept Loupe's token any more, or the token lacks a scope"
    SHAPE = "it does not accept the blocks"
    NEVER = "this call will not work"


IDENTITY_ERRORS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "org_login_required",
        "not_allowed_token_type",
        "team_access_not_granted",
        "ekm_access_denied",
        "two_factor_setup_required",
    }
)
BUSY_ERRORS = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
SHAPE_ERRORS = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_metadata_schema",
    }
)


class Refusal(LoupeError):
    """A call to Slack that did not work."""

    def __init__(self, kind: Kind, error: str, retry_after: float = 0.0, needed: str = "") -> None:
        scope = f" (scope {needed})" if needed else ""
        super().__init__(f"Slack answered {error}{scope}: {kind.value}.")
        self.kind = kind
        self.error = error
        """Slack's name for it, or the network's."""
        self.retry_after = retry_after
        """Seconds that Slack asks to wait."""


def refusal(fault: SlackApiError) -> Refusal:
    """What an answer with ``ok: false`` or a bad HTTP status means."""
    response: Any = fault.response
    data = getattr(response, "data", response)
    data = data if isinstance(data, Mapping) else {}
    status = int(getattr(response, "status_code", None) or data.get("status") or 200)
    error = str(data.get("error") or f"HTTP {status}")
    if status == 429 or error in ("ratelimited", "rate_limited", "accesslimited"):
        return Refusal(Kind.LATER, "ratelimited", retry_after(getattr(response, "headers", None) or {}))
    if " " in error.removeprefix("HTTP "):
        return Refusal(Kind.UNSURE, "something that is not JSON")
    return Refusal(_kind(error, status), error, needed=str(data.get("needed") or ""))


def network(fault: OSError) -> Refusal:
    """What a broken connection means."""
    reason = getattr(fault, "reason", fault)
    refused = isinstance(reason, ConnectionRefusedError) or "resol" in str(reason)
    return Refusal(Kind.UNSENT if refused else Kind.UNSURE, type(reason).__name__)


def _kind(error: str, status: int) -> Kind:
    if status >= 500 or error in BUSY_ERRORS or error.startswith("HTTP"):
        return Kind.UNSURE
    if error in IDENTITY_ERRORS:
        return Kind.IDENTITY
    return Kind.SHAPE if error in SHAPE_ERRORS else Kind.NEVER


def retry_after(headers: Mapping[str, Any]) -> float:
    """Seconds that Slack asks to wait, 1 to 3600."""
    given = next((value for key, value in headers.items() if key.lower() == "retry-after"), PAUSE)
    try:
        return min(max(float(given[0] if isinstance(given, list) else given), 1.0), 3600.0)
    except ValueError:
        return PAUSE
