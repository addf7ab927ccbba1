"""Who carries the news on AWS: the same carriers as anywhere, on the table's outbox."""

from collections.abc import Mapping

from loupe.carriers import CARRIERS
from loupe.cloud.ground import Cloud
from loupe.sinks import sinks
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.news import MAIL, SLACK, Sink
from pipeline.outbox import Carrier
from pipeline.sending import Sender


def sender(base: Cloud) -> Sender:
    """Sends to channels, to operators' mailboxes, and to every sink that is a row of settings."""
    heard = sinks(base.settings.sinks)
    rates = {sink.name: sink.rate for sink in heard}
    rows = {sink.name: _carrier(base, sink) for sink in heard}
    return Sender(DynamoOutbox(base.table), {**rows, **_built_in(base)}, rates=rates)


def _built_in(base: Cloud) -> Mapping[str, Carrier]:
    """Who carries what goes to an address without a row of settings; what is not set up is not tried."""
    found: dict[str, Carrier] = {}
    if base.settings.slack_bot_token:
        from loupe.cloud.slack import bulletins

        found[SLACK] = bulletins(base)
    if base.settings.mail:
        from loupe.mail import operators_carrier

        found[MAIL] = operators_carrier(base.settings)
    return found


def _carrier(base: Cloud, sink: Sink) -> Carrier:
    if sink.kind == "slack":
        from loupe.cloud.slack import bulletins

        return bulletins(base, sink.address)
    return CARRIERS[sink.kind](base.settings, sink)
