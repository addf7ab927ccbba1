"""Whatever else Slack sends is answered, or Slack would count it as a failed delivery and send it again.

Registered last: the first listener that matches is the one that runs.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltResponse

log = logging.getLogger(__name__)
ANY = re.compile(".*")
STALE = "That button no longer does anything: it belongs to an older version of Loupe."
NO_SUCH = "Loupe has nothing under that name. `/imgstatus help` says what there is."


def register(app: App) -> None:
    """Answer events, buttons, commands and shortcuts that nothing else listens to."""

    @app.event(ANY)
    def on_event() -> None:
        """Nothing to do."""

    @app.command(ANY)
    def on_command(ack: Callable[..., Any]) -> None:
        ack(response_type="ephemeral", text=NO_SUCH)

    app.use(_rate_limited)
    app.shortcut(ANY)(ack=_acknowledge, lazy=[_no_such])
    app.action(ANY)(ack=_acknowledge, lazy=[_stale])
    app.view(ANY)(_acknowledge)


def _rate_limited(body: dict[str, Any], next: Callable[[], Any]) -> BoltResponse | None:  # noqa: A002
    """Slack holds deliveries back and says so: docs.slack.dev/apis/events-api (app_rate_limited)."""
    if body.get("type") != "app_rate_limited":
        next()
        return None
    log.warning("Slack holds deliveries back: more than 30,000 events in an hour.")
    return BoltResponse(status=200)


def _acknowledge(ack: Callable[..., Any]) -> None:
    ack()


def _no_such(body: dict[str, Any], respond: Callable[..., Any]) -> None:
    if body.get("response_url"):
        respond(text=NO_SUCH, response_type="ephemeral", replace_original=False)


def _stale(body: dict[str, Any], respond: Callable[..., Any]) -> None:
    links = any(action.get("url") for action in body.get("actions") or [])
    if body.get("response_url") and not links:
        respond(text=STALE, response_type="ephemeral", replace_original=False)
