"""The functions on AWS: each takes an event, hands it to what stands in ``loupe.cloud``, and ends.

A batch of a queue is answered in parts: what failed comes again alone. What has to wait is put off by its
visibility, so that it comes again at its time and not before.
"""

import json
import logging
import os
from dataclasses import asdict
from functools import partial

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from loupe.cloud import arriving, opening, redriving, routing
from loupe.cloud.batches import answered
from loupe.cloud.lines import of_invocation
from loupe.cloud.opening import Context, Event
from loupe.cloud.running import Runner
from loupe.cloud.secrets import renewed
from pipeline.adapters import dynamo_tallies
from pipeline.adapters.sns_topic import SnsTopic
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.errors import Rejected, Unavailable
from pipeline.topic import source

log = logging.getLogger("loupe.aws")
OVERDUE_SECONDS = 600.0
"""A task that has been due for so long lost its message: no queue is that far behind without an alarm."""
SWEPT = 1000


@of_invocation
def take_in(event: Event, context: Context) -> Event:
    """The queue of the bucket's notifications: what was dropped enters the ledger."""
    ledger = opening.base().ledger
    return answered(event, context, "LOUPE_ARRIVALS_QUEUE", lambda r: arriving.take_in(ledger, r.body))


@of_invocation
def route(event: Event, context: Context) -> Event:
    """The table's stream: what follows from rows that landed is written and published."""
    records = event["Records"]
    try:
        again = _router().route(records)
    except Unavailable as fault:
        log.warning("%s", fault.words)
        again = 0
    failed = [] if again is None else [{"itemIdentifier": records[again]["dynamodb"]["SequenceNumber"]}]
    return {"batchItemFailures": failed}


@of_invocation
def act(event: Event, context: Context) -> Event:
    """An actor's queue: one run for each message."""
    runner, worker = _runner(), opening.name(context)

    def run(record: SQSRecord) -> str:
        try:
            return runner.run(record.body, worker, lambda: opening.left(context))
        except Rejected as fault:
            log.error("%s It is parked.", fault.words)
            runner.park(record.body)
            return "parked"

    return answered(event, context, "LOUPE_QUEUE", run)


@of_invocation
def sweep(event: Event, context: Context) -> Event:
    """Every five minutes: free what dead functions held, and start what is due and missing."""
    base, router = opening.base(), _router()
    engine = base.engine()
    touched = engine.sweep()
    late = routing.overdue(engine, base.ledger, router.topic, router.source, OVERDUE_SECONDS, SWEPT)
    return {"touched": touched, "published again": late}


@of_invocation
def redrive(event: Event, context: Context) -> Event:
    """By hand: run again what waits in dead-letter queues, all of them or ``{"actor": NAME}``'s."""
    queues = json.loads(os.environ["LOUPE_PARKED_QUEUES"])
    chosen = [SqsQueue(url) for name, url in queues.items() if event.get("actor") in (None, name)]
    return asdict(redriving.redrive(opening.base().engine(), chosen))


@of_invocation
def clock(event: Event, context: Context) -> Event:
    """At its time: what is due by the timetable."""
    from loupe.cloud.clock import tick

    tick(opening.base())
    return {}


@of_invocation
def slack(event: Event, context: Context) -> Event:
    """Slack's requests at the function's address."""
    from loupe.cloud import entries_slack

    return entries_slack.slack(event, context)


@of_invocation
def slack_work(event: Event, context: Context) -> Event:
    """The queue of what Slack asked for."""
    from loupe.cloud import entries_slack

    return entries_slack.slack_work(event, context)


@of_invocation
def send_cards(event: Event, context: Context) -> Event:
    """Sends what Slack's cards wait for, when told and once a minute."""
    from loupe.cloud import entries_slack

    return entries_slack.send_cards(event, context)


@of_invocation
def deliver(event: Event, context: Context) -> Event:
    """Carries the news, when told and once a minute."""
    from loupe.cloud import entries_slack

    return entries_slack.deliver(event, context)


@of_invocation
def page(event: Event, context: Context) -> Event:
    """Pages of published images, asked for by CloudFront."""
    from loupe.cloud import entries_page

    return entries_page.page(event, context)


@renewed
def _router() -> routing.Router:
    base, topic = opening.base(), SnsTopic(os.environ["LOUPE_TOPIC"])
    counted = partial(dynamo_tallies.count, base.table)
    return routing.Router(base.engine(), base.ledger, topic, source(base.table.name), counted)


@renewed
def _runner() -> Runner:
    from loupe.cloud.wiring import ports_of

    base = opening.base()
    actor = base.chain.actor(os.environ["LOUPE_ACTOR"])
    engine = base.engine(ports_of(base, actor))
    return Runner(engine, base.ledger, SqsQueue(os.environ["LOUPE_PARKED_QUEUE"]).send)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    opening.ready()
