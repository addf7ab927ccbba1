"""The functions that speak with people: Slack's requests, cards, news."""

import json
from typing import Any

from loupe.packing import entry_bundle
from loupe.template import functions, permissions, queues
from loupe.template.entries import MEMORY, RECEIPTS
from loupe.template.functions import Code, Function
from loupe.template.parts import Json, logical, ref, sub

SLACK_SECONDS = 10
"""Slack waits three seconds; whoever is slower than ten is not waited for."""
WORK_SECONDS = 120
BATCH = 5
RUNG = ("CardsQueue", "NewsQueue")
BELLS = {"LOUPE_CARDS_QUEUE": ref("CardsQueue"), "LOUPE_NEWS_QUEUE": ref("NewsQueue")}
"""For whoever opens cards or tells news: a message to these queues calls the function that sends them."""


def slack(code: Code) -> Json:
    """Slack's requests are answered at once; what can wait does so in the queue ``slack``."""
    function = Function(
        name="slack",
        handler="slack",
        does="Answers Slack, and leaves the work to slack_work.",
        bundle=entry_bundle("slack"),
        timeout=SLACK_SECONDS,
        memory=1024,
        rights=(permissions.ledger(), permissions.indexes(), permissions.sending("SlackQueue", *RUNG)),
        variables=BELLS | {"LOUPE_SLACK_QUEUE": ref("SlackQueue")},
        secrets=True,
        # Anybody may ask: Slack signs its requests, and the function drops those that are not signed.
        url={"AuthType": "NONE"},
    )
    work = _queued("slack", "slack_work", "Does what Slack's events ask for.", (), code)
    return {**functions.made(function, code), **work}


def cards(code: Code) -> Json:
    """Cards go out to Slack when something wrote one, and once a minute."""
    return _queued("cards", "send_cards", "Posts and edits cards in Slack.", (), code)


def news(code: Code) -> Json:
    """News go out to webhooks, mailboxes and other sinks when there are some, and once a minute."""
    rights = (permissions.mailing(), permissions.telling())
    return _queued("news", "deliver", "Delivers news to those who hear them.", rights, code)


def redrive(code: Code, names: tuple[str, ...]) -> Json:
    """Runs again what was parked, when a person says so; ``names`` are the actors'."""
    parked = {name: f"{logical(name)}Parked" for name in names}
    told = json.dumps({name: f"${{{queue}}}" for name, queue in parked.items()}, separators=(",", ":"))
    function = Function(
        name="redrive",
        handler="redrive",
        does="Runs again what was parked; for people to start.",
        bundle=entry_bundle("redrive"),
        timeout=900,
        memory=MEMORY,
        rights=(permissions.ledger(), permissions.indexes(), permissions.receiving(*parked.values())),
        variables={"LOUPE_PARKED_QUEUES": sub(told)},
    )
    return functions.made(function, code)


def _queued(queue: str, name: str, does: str, rights: tuple[Json, ...], code: Code) -> Json:
    whole = f"{queue.capitalize()}Queue"
    variables: dict[str, Any] = BELLS | {"LOUPE_QUEUE": ref(whole)}
    function = Function(
        name=name,
        handler=name,
        does=does,
        bundle=entry_bundle(name),
        timeout=WORK_SECONDS,
        memory=1024,
        rights=(
            permissions.ledger(),
            permissions.indexes(),
            permissions.receiving(whole),
            permissions.sending(*RUNG),
            *rights,
        ),
        events={"Asked": functions.from_queue(whole, BATCH)},
        variables=variables,
        secrets=True,
    )
    return {**queues.queue(queue, WORK_SECONDS, RECEIPTS), **functions.made(function, code)}
