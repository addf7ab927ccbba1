"""One client for Slack's Web API, and the addresses that may see its token.

Source: docs.slack.dev/tools/python-slack-sdk/web; ``base_url`` must end in a slash.
"""

import ipaddress
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.refusals import Kind, Refusal, network, refusal
from pipeline.errors import Misconfigured

TIMEOUT = 12
"""Seconds for one call."""
SLACK_API = "https://slack.com/api/"
SLACK_DOMAINS = (".slack.com", ".slack-files.com")


def api_url(address: str) -> str:
    """The Web API's base address, ending in a slash; raises ``Misconfigured``."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return address.rstrip("/") + "/"
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return address.rstrip("/") + "/"
    raise Misconfigured(
        f"SLACK_API_URL must be https, or http on this machine, not {address!r}; an example: {SLACK_API}"
    )


def is_loopback(host: str) -> bool:
    """Is this host name this very machine? No name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def trusts(base_url: str) -> Callable[[str], bool]:
    """Which addresses may be called: Slack's over https; of a Slack on this machine, this machine's alone."""
    local = is_loopback(urlsplit(base_url).hostname or "")

    def trusted(address: str) -> bool:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
        if parts.username or parts.password:
            return False
        if local:
            return parts.scheme in ("http", "https") and is_loopback(host)
        return parts.scheme == "https" and (host == "slack.com" or host.endswith(SLACK_DOMAINS))

    return trusted


def client(token: str, base_url: str) -> WebClient:
    """A Web API client that never repeats a call by itself: a repeated post would be a second message."""
    return WebClient(token=token, base_url=api_url(base_url), timeout=TIMEOUT, retry_handlers=[])


def call(method: Callable[..., Any], **arguments: Any) -> Mapping[str, Any]:
    """Make one call of a ``WebClient`` method; raises ``Refusal`` and nothing else."""
    try:
        data = method(**arguments).data
    except SlackApiError as fault:
        raise refusal(fault) from None
    except OSError as fault:
        raise network(fault) from None
    except (SlackClientError, HTTPException, ValueError, AttributeError) as fault:
        raise Refusal(Kind.UNSURE, type(fault).__name__) from None
    if not isinstance(data, Mapping):
        raise Refusal(Kind.UNSURE, "an answer that is not JSON")
    return data
