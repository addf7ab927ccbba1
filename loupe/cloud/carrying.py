"""Who carries the news on AWS: the same carriers as anywhere, on the table's outbox."""

from collections.abc import Mapping, Sequence

from loupe.carriers import CARRIERS
from loupe.cloud.ground import Cloud
from loupe.sinks import sinks
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.news import Sink
from pipeline.outbox import Carrier
from pipeline.sending import Sender


def sender(base: Cloud) -> Sender:
    """Sends to every sink that is a row of settings."""
    heard = sinks(base.settings.sinks)
    rates = {sink.name: sink.rate for sink in heard}
    return Sender(DynamoOutbox(base.table), _carriers(base, heard), rates=rates)


def _carriers(base: Cloud, heard: Sequence[Sink]) -> Mapping[str, Carrier]:
    return {sink.name: _carrier(base, sink) for sink in heard}


def _carrier(base: Cloud, sink: Sink) -> Carrier:
    if sink.kind == "slack":
        from loupe.cloud.slack import bulletins

        return bulletins(base, sink.address)
    return CARRIERS[sink.kind](base.settings, sink)
