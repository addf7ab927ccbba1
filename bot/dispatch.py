"""One request of Slack, handed to the Bolt app; whoever received it has checked that it is Slack's."""

from collections.abc import Callable, Mapping

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.lazy_listener import LazyListenerRunner


def dispatched(app: App, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
    """The app's answer; 400 to what cannot be read."""
    try:
        request = BoltRequest(body=body.decode(), headers=dict(headers))
    except (ValueError, AttributeError, TypeError, KeyError):
        return BoltResponse(status=400, body="not understood")
    return app.dispatch(request)


def headers_of(answer: BoltResponse) -> dict[str, str]:
    """The headers that are passed on."""
    return {name: values[0] for name, values in answer.headers.items() if name != "set-cookie"}


def unhurried(app: App) -> App:
    """The same app, for where nothing runs after the answer: what follows ``ack`` comes before it."""
    app.listener_runner.lazy_listener_runner = _BeforeTheAnswer(app)
    return app


class _BeforeTheAnswer(LazyListenerRunner):
    def __init__(self, app: App) -> None:
        self.logger = app.logger

    def start(self, function: Callable[..., None], request: BoltRequest) -> None:
        self.run(function, request)
